"""Warns of definitions in which secret letters would only ever reach quarantine."""

from typing import Any

from pipeline.stage import Problem, Stage
from plugins.route.stage import RoutePaper
from schemas.definition import Definition, Step
from schemas.evidence import SecrecyAssessment
from schemas.secrecy import Secrecy


def order_problems(definition: Definition, stages: dict[str, type[Stage[Any]]]) -> list[Problem]:
    """At most one warning of each kind, for the first step that it concerns.

    A document counts as ลับที่สุด until it is classified, so a step that may not see that level must
    come after one that classifies and after the one that routes to paper.
    """
    classified = routed = False
    problems: dict[str, Problem] = {}
    for step in definition.steps:
        kind = stages.get(step.uses)
        if kind is None:
            continue
        if kind.sees < Secrecy.TOP_SECRET and not classified:
            problems.setdefault("unclassified", _unclassified(definition, step))
        elif kind.sees < Secrecy.TOP_SECRET and not routed:
            problems.setdefault("unrouted", _unrouted(definition, step))
        classified = classified or SecrecyAssessment in kind.states
        routed = routed or step.uses == RoutePaper.name
    return list(problems.values())


def _unclassified(definition: Definition, step: Step) -> Problem:
    return Problem(
        code="step-before-classifying",
        thai=f"ขั้นตอน {step.name} อยู่ก่อนขั้นตอนกำหนดชั้นความลับ เอกสารทุกฉบับจะถูกกักไว้",
        english=f"Step {step.name} comes before any step that classifies, but may not open what "
        "is unclassified: every document would be quarantined.",
        where=definition.name,
        warning=True,
    )


def _unrouted(definition: Definition, step: Step) -> Problem:
    return Problem(
        code="top-secret-not-routed",
        thai=f"ไม่มีขั้นตอน {RoutePaper.name} ก่อนขั้นตอน {step.name} หนังสือลับที่สุดจะถูกกักไว้แทนการส่งเป็นกระดาษ",
        english=f"No step uses {RoutePaper.name} before {step.name}: letters of the highest level "
        "would be quarantined instead of going to paper.",
        where=definition.name,
        warning=True,
    )
