"""A root folder of another Debian, entered by namespaces whose mounts vanish with the command."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MACHINE = "/run/machine"
"""Where the files that this machine's apt and pip are configured with appear inside."""

LOCAL = re.compile(r"(?:(?<=file://)|(?<![\w:/]))/\w[\w./-]*")
"""A path of this machine in a setting of pip, alone or in a ``file:`` address."""

ENTER = """\
set -eu
mount --bind "$ROOT" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
for folder in dev/shm run tmp; do mount -t tmpfs -o mode=1777 tmpfs "$ROOT/$folder"; done
{mounts}
cd "$ROOT"
pivot_root . .
umount -l .
cd "$WORKDIR"
exec setpriv --reuid={uid} --regid={gid} --clear-groups --no-new-privs \
  env --ignore-environment {environment} {command}
"""


@dataclass(frozen=True)
class Bind:
    """``source`` of this machine is seen at ``target`` inside."""

    source: Path
    target: str
    writable: bool = False

    def commands(self) -> str:
        """Shell commands that mount it below ``$ROOT``."""
        inside = f'"$ROOT"{shlex.quote(self.target)}'
        place = f"mkdir -p {inside}"
        if not self.source.is_dir():
            place = f'mkdir -p "$(dirname {inside})"; [ -e {inside} ] || touch {inside}'
        mount = f"mount --bind {shlex.quote(str(self.source))} {inside}"
        lock = "" if self.writable else f"\nmount -o remount,bind,ro {inside}"
        return f"{place}\n{mount}{lock}"


@dataclass(frozen=True)
class Root:
    """A folder holding a whole Debian. Nothing stays mounted between two commands."""

    path: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(
        self,
        command: Sequence[str],
        *,
        user: tuple[int, int] = (0, 0),
        workdir: str = "/",
        environment: Mapping[str, str] | None = None,
        binds: Sequence[Bind] = (),
        network: bool = False,
        read_only: bool = False,
        timeout: float = 600,
    ) -> subprocess.CompletedProcess[str]:
        """Run ``command`` inside, its output as text.

        It has no way to become more than ``user``, a /tmp, /run and /dev/shm of its own, and the
        machine's network only when ``network``. With ``read_only`` nothing else can be written but
        writable ``binds``. ``timeout`` is wall clock seconds; everything started inside ends
        with the command.
        """
        mounts = [bind.commands() for bind in binds]
        if read_only:
            mounts.append('mount -o remount,bind,ro "$ROOT"')
        values = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/tmp", **self.environment}  # noqa: S108
        values.update(environment or {})
        script = ENTER.format(
            mounts="\n".join(mounts),
            uid=user[0],
            gid=user[1],
            environment=shlex.join(f"{name}={value}" for name, value in values.items()),
            command=shlex.join(command),
        )
        spaces = ["--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts"]
        if not network:
            spaces.append("--net")
        return subprocess.run(
            ["unshare", *spaces, "sh", "-c", script],
            env={"PATH": os.environ["PATH"], "ROOT": str(self.path), "WORKDIR": workdir},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout,
        )


def refused() -> str | None:
    """Why roots cannot be entered here, or None when they can."""
    if os.geteuid() != 0:
        return "needs root, to make a Debian in a folder"
    probe = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        check=False,
    )
    return "mounting is forbidden here" if probe.returncode else None


def make_root(folder: Path) -> Root:
    """The smallest Debian 12 in ``folder``, from the mirror that this machine's apt uses."""
    sources = "".join(
        file.read_text("utf-8")
        for file in sorted(Path("/etc/apt").rglob("*"))
        if file.suffix in {".list", ".sources"}
    )
    mirror = re.search(r"https?://\S+/debian/?(?=\s)", sources)
    command = ["debootstrap", "--variant=minbase", "bookworm", str(folder)]
    subprocess.run([*command, *([mirror[0]] if mirror else [])], check=True, capture_output=True)
    (folder / "etc/dpkg/dpkg.cfg.d/quick").write_text("force-unsafe-io\n", "utf-8")
    root = Root(folder)
    root.run(["apt-get", "clean"]).check_returncode()
    return root


def copy_root(root: Root, folder: Path) -> Root:
    """Another root with the same files."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(root.path), str(folder)], check=True)
    return Root(folder, root.environment)


def machine_access() -> tuple[list[Bind], dict[str, str]]:
    """What lets apt and pip inside reach what they reach here: binds and environment.

    Everything lies below /etc/apt, the resolver's files and ``MACHINE``: a root keeps none of it.
    """
    binds = [Bind(Path(path), path) for path in ("/etc/apt", "/etc/resolv.conf", "/etc/hosts")]
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    settings = dict(re.findall(r"^\S*?\.([a-z-]+)='(.*)'$", listed, re.MULTILINE))
    environment = {
        name: os.environ[name]
        for name in ("http_proxy", "https_proxy", "no_proxy")
        if name in os.environ
    }
    environment["DEBIAN_FRONTEND"] = "noninteractive"
    for name, value in settings.items():
        places = {Path(path) for path in LOCAL.findall(value)}
        # Pages of a folder that serves as an index name their files by ../../
        seen = {place.parent if place.name == "simple" else place for place in places}
        binds += [Bind(place, f"{MACHINE}{place}") for place in sorted(seen) if place.exists()]
        inside = LOCAL.sub(rf"{MACHINE}\g<0>", value)
        environment["PIP_" + name.upper().replace("-", "_")] = inside
    return binds, environment
