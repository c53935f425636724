"""The whole answer of a measurement: one table for people, one object for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from bench.reading.conditions import CLEAN, CONDITIONS, MEASURED, TUNED
from bench.reading.marks import Marks
from bench.reading.score import Stack
from bench.reading.totals import figures, passed_wrong

GOALS: Final = (
    "cer",
    "digit_accuracy",
    "number_exact",
    "date_exact",
    "subject_exact",
    "cuts_exact",
    "secrecy_misses",
    "false_alarm_rate",
    "straight_through",
    "cpu_ratio",
    "cpu_s_page",
)
"""Keys of the answer by which the goals are stated."""
_COUNTED: Final = ("marked_pages", "marks_by_words", "wrong_levels", "questions")
_COLUMNS: Final = (
    ("pages", "pages", 6),
    ("letters", "ltrs", 5),
    ("cer", "CER %", 7),
    ("digit_accuracy", "digits", 7),
    ("number_exact", "number", 7),
    ("date_exact", "date", 7),
    ("subject_exact", "subject", 8),
    ("addressee_exact", "to", 7),
    ("cuts_exact_separators", "cut sep", 8),
    ("cuts_exact_bare", "cut bare", 9),
    ("silent_wrong_cuts", "silent", 7),
    ("attachments_exact", "attach", 7),
    ("false_alarm_rate", "alarms", 7),
    ("straight_through", "straight", 9),
    ("confident_wrong", "passed wrong", 13),
    ("failed", "failed", 7),
    ("cpu_s_page", "CPU s", 6),
)


def answer(
    stacks: Sequence[Stack], planned: int, marks: Marks | None, speed: Mapping[str, float] | None
) -> dict[str, Any]:
    """The goals' keys first; figures of the letters are those of clean 300 dpi in unseen fonts.

    ``marks`` and ``speed`` (CPU a page: ``raw`` tesseract, ``whole`` pipeline) are None where they
    were not measured; the keys that come from them are None then.
    """
    part = {condition.name: condition.part for condition in CONDITIONS}
    clean = figures([stack for stack in stacks if stack.condition == CLEAN])
    found = {
        **clean,
        "cpu_ratio": round(speed["whole"] / speed["raw"], 3) if speed else None,
        "cpu_s_page": round(speed["whole"], 3) if speed else None,
        "secrecy_misses": marks.misses if marks else None,
        "false_alarm_rate": round(marks.false_alarms / max(1, marks.normal), 4) if marks else None,
        "marked_pages": marks.marked if marks else 0,
        "marks_by_words": marks.by_words if marks else None,
        "wrong_levels": marks.wrong_levels if marks else None,
        "marks": asdict(marks) if marks else None,
        "stacks_left_out": planned - len(stacks),
        "conditions": [
            {"condition": name, "part": part[name]}
            | figures([stack for stack in stacks if stack.condition == name])
            for name in dict.fromkeys(stack.condition for stack in stacks)
        ],
        "totals": {
            which: figures([stack for stack in stacks if part[stack.condition] == which])
            for which in (MEASURED, TUNED)
        },
        "passed_wrong": [asdict(wrong) for wrong in passed_wrong(stacks)],
    }
    return {key: found[key] for key in GOALS} | found


def table(found: Mapping[str, Any]) -> str:
    """The answer as lines of text."""
    rows = ["condition".ljust(28) + "".join(head.rjust(width) for _, head, width in _COLUMNS)]
    rows += [_row(one["condition"], one) for one in found["conditions"]]
    rows.append("-" * len(rows[0]))
    rows += [_row(f"all {which}", one) for which, one in found["totals"].items()]
    rows += ["", "clean 300 dpi in fonts never trained on, marks and the whole pipeline:"]
    rows += [f"  {key:18} {found[key]}" for key in GOALS]
    rows += [f"  {key:18} {found[key]}" for key in _COUNTED]
    if found["stacks_left_out"]:
        rows.append(f"  no time was left for {found['stacks_left_out']} stacks")
    rows += ["", f"wrong values that passed unasked: {len(found['passed_wrong'])}"]
    for wrong in found["passed_wrong"]:
        where = f"{wrong['condition']}, seed {wrong['seed']}, page {wrong['page']}, {wrong['kind']}"
        rows.append(f"  {where}: {wrong['field']} (confidence {wrong['confidence']})")
        rows.append(f"    read  {wrong['read']}\n    truth {wrong['truth']}")
    return "\n".join(rows)


def _row(name: str, one: Mapping[str, Any]) -> str:
    return name.ljust(28) + "".join(_cell(key, one[key]).rjust(width) for key, _, width in _COLUMNS)


def _cell(key: str, value: float | None) -> str:
    if value is None:
        return "-"
    if key == "cer":
        return f"{100 * value:.2f}"
    if key == "cpu_s_page":
        return f"{value:.2f}"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
