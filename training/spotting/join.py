"""Join two networks into one file that answers for both: python -m training.spotting.join ONE.onnx
OTHER.onnx JOINED.onnx

Networks taught with other pieces err in other places, and see the same marks.
"""

import sys
from pathlib import Path

import onnx
from onnx import compose, helper

PAGE, MARKS = "page", "marks"
"""Names of what goes into a network and what comes out."""


def joined(one: onnx.ModelProto, other: onnx.ModelProto) -> onnx.ModelProto:
    """A network that answers with n x 2 cells: those of the one, and of the other."""
    first, second = (
        compose.add_prefix(model, f"{number}-") for number, model in enumerate((one, other))
    )
    both = helper.make_graph(
        [
            *(helper.make_node("Identity", [PAGE], [f"{number}-{PAGE}"]) for number in (0, 1)),
            *first.graph.node,
            *second.graph.node,
            helper.make_node("Concat", [f"0-{MARKS}", f"1-{MARKS}"], [MARKS], axis=1),
        ],
        "joined",
        one.graph.input,
        [helper.make_tensor_value_info(MARKS, onnx.TensorProto.FLOAT, ["n", 2, "rows", "columns"])],
        [*first.graph.initializer, *second.graph.initializer],
    )
    model = helper.make_model(both, opset_imports=one.opset_import, ir_version=one.ir_version)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    """Join two files into a third."""
    one, other, target = map(Path, sys.argv[1:])
    onnx.save(joined(onnx.load(one), onnx.load(other)), target)


if __name__ == "__main__":
    main()
