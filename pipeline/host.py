"""The host: finds plugins, lets them in by the allow-list, and refuses what is unclear."""

import importlib.metadata
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pluggy

from pipeline import hookspecs
from pipeline.errors import ConfigurationError
from pipeline.intake import Intake
from pipeline.pageview import PageView
from pipeline.stage import Stage, StageContext
from schemas.document import Document
from schemas.evidence import Evidence, Finding
from schemas.outcome import Outcome

GROUP = "saraban.plugins"
OWN = "saraban"


class PluginState(StrEnum):
    ACTIVE = "active"
    FAILED = "failed"
    NOT_ALLOWED = "not-allowed"


@dataclass(frozen=True)
class PluginInfo:
    """One installed plugin: ``name`` is its entry point, ``error`` why it failed."""

    name: str
    distribution: str
    version: str
    state: PluginState
    error: str = ""


class RunPlainly:
    """The host's own ``run_stage``: the last in line."""

    @hookspecs.hookimpl(trylast=True)
    def run_stage(self, stage: Stage[Any], context: StageContext) -> Outcome:
        return stage.run(context)


class Host:
    """Holds the plugin manager and the registered classes.

    ``allow`` names the distributions that may take part; ours always may.
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self.manager = pluggy.PluginManager(hookspecs.PROJECT)
        self.manager.add_hookspecs(hookspecs)
        self.manager.register(RunPlainly(), "host")
        self.plugins: list[PluginInfo] = []
        self.stages: dict[str, type[Stage[Any]]] = {}
        self.intakes: dict[str, type[Intake]] = {}
        self._origin: dict[str, str] = {}
        self._load({OWN, *allow})

    @property
    def hook(self) -> Any:
        """The hook caller."""
        return self.manager.hook

    def distribution_of(self, stage: str) -> str:
        """The distribution that registered a stage."""
        return self._origin[f"stage {stage}"]

    def failed(self) -> list[PluginInfo]:
        """Plugins that were let in but did not load."""
        return [plugin for plugin in self.plugins if plugin.state is PluginState.FAILED]

    def one(self, hook: str, subject: str, **arguments: Any) -> Any:
        """Call a hook that exactly one plugin must answer; ``subject`` names what for."""
        answers = getattr(self.hook, hook)(**arguments)
        if len(answers) != 1:
            raise ConfigurationError(
                f"{hook.replace('_', '-')}-ambiguous"
                if answers
                else f"{hook.replace('_', '-')}-unknown",
                thai=f"มีปลั๊กอิน {len(answers)} ตัวที่รับ {subject} ต้องมีเพียงหนึ่งตัว",
                english=f"{len(answers)} plugins answer for {subject}; exactly one must. "
                "See `saraban plugins`.",
            )
        return answers[0]

    def evidence(self, page: PageView, document: Document) -> tuple[Evidence, ...]:
        """Ask every detector; one that fails is itself evidence, and stops no other."""
        found: list[Evidence] = []
        for implementation in self.hook.secrecy_evidence.get_hookimpls():
            arguments = {"page": page, "document": document}
            try:
                found += implementation.function(*(arguments[n] for n in implementation.argnames))
            except Exception as error:  # noqa: BLE001 - a detector may fail in any way
                found.append(
                    Evidence(
                        detector=implementation.plugin_name,
                        finding=Finding.FAILED,
                        page=page.text.number,
                        note=type(error).__name__,
                    )
                )
        return tuple(found)

    def _load(self, allow: set[str]) -> None:
        for entry in sorted(importlib.metadata.entry_points(group=GROUP), key=_order):
            distribution = entry.dist.name if entry.dist else "?"
            version = entry.dist.version if entry.dist else "?"
            if distribution not in allow:
                info = PluginInfo(entry.name, distribution, version, PluginState.NOT_ALLOWED)
            else:
                error = self._admit(entry, distribution)
                state = PluginState.FAILED if error else PluginState.ACTIVE
                info = PluginInfo(entry.name, distribution, version, state, error)
            self.plugins.append(info)

    def _admit(self, entry: importlib.metadata.EntryPoint, distribution: str) -> str:
        name = f"{distribution}:{entry.name}"
        try:
            plugin = entry.load()
            self.manager.register(plugin, name)
            self.manager.check_pending()
            stages = _answers(plugin, "register_stages")
            intakes = _answers(plugin, "register_intakes")
        except Exception as error:  # noqa: BLE001 - a plugin may fail in any way
            if self.manager.has_plugin(name):
                self.manager.unregister(name=name)
            return traceback.format_exception_only(error)[-1].strip()
        for stage in stages:
            self._claim_name(f"stage {stage.name}", distribution)
            self.stages[stage.name] = stage
        for intake in intakes:
            self._claim_name(f"intake {intake.name}", distribution)
            self.intakes[intake.name] = intake
        return ""

    def _claim_name(self, what: str, distribution: str) -> None:
        if (other := self._origin.get(what)) is not None:
            raise ConfigurationError(
                "name-taken-twice",
                thai=f"ชื่อ {what} ถูกลงทะเบียนซ้ำโดย {other} และ {distribution} "
                "โปรดถอนออกหนึ่งตัวหรือนำออกจาก plugins.allow",
                english=f"{what} is registered by {other} and by {distribution}. "
                "Uninstall one, or take it out of plugins.allow.",
            )
        self._origin[what] = distribution


def _answers(plugin: Any, hook: str) -> list[Any]:
    implementation = getattr(plugin, hook, None)
    return list(implementation()) if implementation else []


def _order(entry: importlib.metadata.EntryPoint) -> tuple[bool, str, str]:
    distribution = entry.dist.name if entry.dist else "?"
    return distribution != OWN, distribution, entry.name
