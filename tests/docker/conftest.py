"""One small Debian for all tests of this folder, and a scan that takes seconds."""

from pathlib import Path

import pikepdf
import pytest

from tests.docker.root import Bind, Root, make_root, refused

ROOT = Path(__file__).parents[2]
ORDER_PAGES = slice(14, 16)
"""A separator and the order behind it, in the example stack."""

STATION = ["--code", "TAK01", "--organisation", "จังหวัดตาก", "--agency", "TAK"]


@pytest.fixture(scope="session")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """A fresh Debian 12; copy it before changing it."""
    reason = refused()
    if reason:
        pytest.skip(reason)
    return make_root(tmp_path_factory.mktemp("debian") / "root")


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A folder with ``scan.pdf``: two pages, from which one order comes."""
    folder = tmp_path / "volume"
    folder.mkdir()
    with (
        pikepdf.open(ROOT / "examples" / "stack.pdf") as stack,
        pikepdf.new() as scan,
    ):
        scan.pages.extend(stack.pages[ORDER_PAGES])
        scan.save(folder / "scan.pdf")
    return folder


class Office:
    """Somebody at a console of ``root``: saraban as one user, without network, nothing writable
    but ``volume``, which is seen at /station."""

    def __init__(
        self, root: Root, volume: Path, user: tuple[int, int], environment: dict[str, str]
    ) -> None:
        self._root = root
        self._user = user
        self._bind = Bind(volume, "/station", writable=True)
        self._environment = {**environment, "SARABAN_LANG": "en", "COLUMNS": "200"}

    def types(self, *command: str, status: int = 0) -> str:
        """Standard output of a command that must end with ``status``."""
        done = self._root.run(
            command,
            user=self._user,
            workdir="/station",
            environment=self._environment,
            binds=[self._bind],
            read_only=True,
        )
        assert done.returncode == status, (command, done.stdout[-3000:], done.stderr[-3000:])
        return done.stdout
