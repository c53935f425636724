"""Turns the integer network of a shipped tesseract model back to floating point.

Published `tessdata_fast` models hold 8-bit weights, which tesseract cannot train further. The
layout is that of tesseract 4 and 5 (`Network::Serialize` and `WeightMatrix::Serialize`).
"""

import struct

import numpy as np

_INTEGER, _DOUBLE = 1, 128
"""Flags of a weight matrix: holds 8-bit weights; holds (or scales by) doubles."""
_TRAINED_INTEGER = 1
"""Flag of a recogniser whose network is integer."""
_LAYER_RATES = 64
"""Flag of a network that keeps a learning rate for each of its layers."""
_PARTS = frozenset(
    (
        *("Series", "Parallel", "Replicated", "ParBidiLSTM", "DepParUDLSTM", "Par2dLSTM"),
        *("RTLReversed", "TTBReversed", "XYTranspose"),
    )
)
_FIXED = {"Input": 20, "Convolve": 8, "Maxpool": 8, "Reconfig": 8}
"""Bytes after the header of layers without weights."""
_DENSE = frozenset(
    ("Softmax", "SoftmaxNoCTC", "Relu", "Tanh", "Linear", "Logistic", "LinLogistic", "LinTanh")
)


class NetworkFormatError(ValueError):
    """The bytes are not an integer network that we know how to read."""


def to_float(integer: bytes) -> bytes:
    """The `lstm` component of a model with every weight matrix in doubles.

    Raises NetworkFormatError when a layer is unknown, a matrix not integer, or bytes are missing.
    """
    copy = _Copy(integer)
    copy.layer()
    copy.text()
    (flags,) = struct.unpack("<i", copy.take(4))
    copy.put(struct.pack("<i", flags & ~_TRAINED_INTEGER))
    copy.same(len(integer) - copy.at)
    return bytes(copy.out)


class _Copy:
    """Reads from `source` and writes to `out`."""

    def __init__(self, source: bytes) -> None:
        self.source, self.at, self.out = source, 0, bytearray()

    def take(self, size: int) -> bytes:
        taken = self.source[self.at : self.at + size]
        if len(taken) != size:
            raise NetworkFormatError(f"the network ends after {len(self.source)} bytes")
        self.at += size
        return taken

    def put(self, data: bytes) -> None:
        self.out += data

    def same(self, size: int) -> bytes:
        """Copy bytes as they are."""
        data = self.take(size)
        self.put(data)
        return data

    def number(self) -> int:
        return int(struct.unpack("<I", self.same(4))[0])

    def text(self) -> str:
        return self.same(self.number()).decode()

    def layer(self) -> None:
        """One layer and the layers inside it."""
        self.same(1)
        kind = self.text()
        self.same(2)
        flags, inputs = self.number(), self.number()
        self.same(8)
        self.text()
        if kind in _PARTS:
            for _ in range(self.number()):
                self.layer()
            if flags & _LAYER_RATES:
                self.same(4 * self.number())
        elif kind in _FIXED:
            self.same(_FIXED[kind])
        elif kind in {"LSTM", "SummLSTM"}:
            self._gates(inputs)
        elif kind in _DENSE:
            self._matrix()
        else:
            raise NetworkFormatError(f"unknown layer {kind!r}")

    def _gates(self, inputs: int) -> None:
        """Cell input, input gate, forget gate and output gate; one more in two dimensions."""
        gathered = self.number()
        states = self._matrix()
        for _ in range(4 if gathered == inputs + 2 * states else 3):
            self._matrix()

    def _matrix(self) -> int:
        """A matrix, rows x columns of 8-bit weights, with a scale a row; the number of rows."""
        (mode,) = self.take(1)
        if not (mode & _INTEGER and mode & _DOUBLE):
            raise NetworkFormatError("the network is not integer: it can be trained as it is")
        rows, columns = struct.unpack("<II", self.take(8))
        self.take(1)
        weights = np.frombuffer(self.take(rows * columns), np.int8).reshape(rows, columns)
        (scales,) = struct.unpack("<I", self.take(4))
        scale = np.frombuffer(self.take(8 * scales), np.float64)[:rows]
        self.put(bytes([mode & ~_INTEGER]) + struct.pack("<IId", rows, columns, 0.0))
        self.put((weights * scale[:, None]).astype("<f8").tobytes())
        return int(rows)
