"""Builds the image of a Dockerfile without a container engine: each stage in a root of its own.

Understood are the instructions and options that ``docker/Dockerfile`` uses, with their meaning in
the Dockerfile reference; anything else is a ValueError, never skipped. Not kept: layers, labels,
ownership by name in ``--chown``. /tmp and /run of a stage are empty in each RUN.
"""

import json
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from tests.docker.root import Bind, Root, copy_root

RUN_LIMIT = 900.0
"""Seconds one RUN may take."""


@dataclass(frozen=True)
class Instruction:
    """One instruction, its continuation lines joined."""

    name: str
    value: str


@dataclass(frozen=True)
class Stage:
    """From one FROM to the next."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True)
class Image:
    """What a container would start from."""

    root: Root
    environment: Mapping[str, str] = field(default_factory=dict)
    user: tuple[int, int] = (0, 0)
    workdir: str = "/"
    command: tuple[str, ...] = ()
    health: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ignored:
    """A .dockerignore that names what is let in: ``*`` first, then ``!paths`` and ``**/names``."""

    let_in: tuple[PurePosixPath, ...]
    names: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Ignored":
        first, *rest = text.split()
        names = [line.removeprefix("**/") for line in rest if line.startswith("**/")]
        let_in = [PurePosixPath(line[1:]) for line in rest if line.startswith("!")]
        if first != "*" or len(names) + len(let_in) != len(rest):
            raise ValueError("Only `*`, then `!path` and `**/name` are understood")
        return cls(tuple(let_in), tuple(names))

    def __contains__(self, path: PurePosixPath) -> bool:
        if any(fnmatchcase(part, name) for part in path.parts for name in self.names):
            return True
        return not any(path.is_relative_to(place) for place in self.let_in)


def parse(text: str) -> list[Stage]:
    """The stages of a Dockerfile, ``ARG`` before the first FROM filled into the FROM lines."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    joined = lines.replace("\\\n", " ").splitlines()
    for line in filter(None, map(str.strip, joined)):
        name, _, value = line.partition(" ")
        value = value.strip()
        if name == "ARG" and not stages:
            key, _, default = value.partition("=")
            arguments[key] = default
        elif name == "FROM":
            filled = re.sub(r"\$\{(\w+)\}", lambda found: arguments[found[1]], value)
            base, _, alias = filled.partition(" AS ")
            stages.append(Stage(alias, base, ()))
        else:
            last = stages[-1]
            stages[-1] = replace(last, instructions=(*last.instructions, Instruction(name, value)))
    return stages


class Builder:
    """Builds stages one after the other into ``folder``."""

    def __init__(
        self,
        base: Root,
        context: Path,
        folder: Path,
        *,
        binds: Sequence[Bind] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """``base`` stands for whatever image a FROM names that is not a stage.

        ``binds`` and ``environment`` are there in every RUN and stay out of the image.
        """
        self._base = Image(base)
        self._context = context
        self._folder = folder
        self._binds = binds
        self._environment = environment or {}
        self._ignored = Ignored.parse((context / ".dockerignore").read_text("utf-8"))
        self._built: dict[str, Image] = {}

    def build(self, dockerfile: str) -> Image:
        """The last stage. Raises ValueError: not understood; RuntimeError: a RUN failed."""
        for number, stage in enumerate(parse(dockerfile)):
            parent = self._built.get(stage.base, self._base)
            root = copy_root(parent.root, self._folder / f"stage{number}")
            image = replace(parent, root=root)
            for instruction in stage.instructions:
                image = self._follow(image, instruction)
            self._built[stage.name] = image
        return image

    def _follow(self, image: Image, instruction: Instruction) -> Image:
        value = instruction.value
        match instruction.name:
            case "RUN":
                self._execute(image, value)
            case "COPY":
                self._copy(image, shlex.split(value))
            case "ENV":
                pairs = dict(pair.split("=", 1) for pair in shlex.split(value))
                _refuse("$" in value, instruction)
                return replace(image, environment={**image.environment, **pairs})
            case "USER":
                uid, _, gid = value.partition(":")
                return replace(image, user=(int(uid), int(gid)))
            case "WORKDIR":
                (image.root.path / value.lstrip("/")).mkdir(parents=True, exist_ok=True)
                return replace(image, workdir=value)
            case "CMD":
                return replace(image, command=tuple(json.loads(value)))
            case "HEALTHCHECK":
                _, _, command = value.partition("CMD ")
                return replace(image, health=tuple(json.loads(command)))
            case _:
                _refuse(True, instruction)
        return image

    def _execute(self, image: Image, script: str) -> None:
        _refuse(script.startswith(("--", "[", "<<")), Instruction("RUN", script))
        done = image.root.run(
            ["/bin/sh", "-c", script],
            user=image.user,
            workdir=image.workdir,
            environment={**self._environment, **image.environment},
            binds=self._binds,
            network=True,
            timeout=RUN_LIMIT,
        )
        if done.returncode:
            raise RuntimeError(f"RUN {script}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")

    def _copy(self, image: Image, words: list[str]) -> None:
        options = [word for word in words if word.startswith("--")]
        *sources, target = (word for word in words if not word.startswith("--"))
        place = image.root.path / (PurePosixPath(image.workdir) / target).relative_to("/")
        if options:
            (option,) = options
            name, _, stage = option.partition("=")
            _refuse(name != "--from", Instruction("COPY", option))
            (source,) = sources
            found = self._built[stage].root.path / source.lstrip("/")
            shutil.copytree(found, place, symlinks=True)
            return
        for source in sources:
            self._copy_from_context(PurePosixPath(source), place, to_folder=target.endswith("/"))

    def _copy_from_context(self, source: PurePosixPath, place: Path, *, to_folder: bool) -> None:
        origin = self._context / source
        files = [origin] if origin.is_file() else [f for f in origin.rglob("*") if f.is_file()]
        relative = {file: PurePosixPath(file.relative_to(self._context)) for file in files}
        chosen = [file for file in files if relative[file] not in self._ignored]
        if not chosen:
            raise ValueError(f"COPY {source}: not in the context, or ignored")
        for file in chosen:
            inside = file.name if file == origin else str(relative[file].relative_to(source))
            target = place / inside if to_folder or file != origin else place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)


def _refuse(condition: bool, instruction: Instruction) -> None:
    if condition:
        raise ValueError(f"Not understood: {instruction.name} {instruction.value}")
