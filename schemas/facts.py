"""Facts: what stages learned about a document, typed and named."""

from typing import Any, ClassVar, Self

from pydantic import JsonValue

from schemas.base import Frozen


class Fact(Frozen):
    """Base of every fact. A subclass gives its stored name: ``class Cuts(Fact, name="cuts")``.

    The name is the fact's identity in stored documents and sidecars; a module path never is.
    """

    fact_name: ClassVar[str]

    def __init_subclass__(cls, *, name: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.fact_name = name

    @classmethod
    def of(cls, facts: dict[str, JsonValue]) -> Self | None:
        """Read this fact from a document's facts; None when nobody stated it."""
        value = facts.get(cls.fact_name)
        return None if value is None else cls.model_validate(value)
