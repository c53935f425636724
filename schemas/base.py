"""The one base class of everything stored or exchanged."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
"""A kebab-case name: stages, steps, roles, facts, dispositions."""


class Frozen(BaseModel):
    """An immutable value that refuses fields it does not know, and quotes no content in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
