"""The kinds of fields that documents are made of."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.kit.text import has_forbidden_characters


def _readable(text: str) -> str:
    if has_forbidden_characters(text):
        message = "remove the control characters or direction marks from this text"
        raise ValueError(message)
    return text.strip()


def _fraction(value: object) -> object:
    """Accept 2/3 as well as 0.667, so that a threshold is exact."""
    if isinstance(value, str):
        try:
            return float(Fraction(value))
        except (ValueError, ZeroDivisionError) as error:
            message = "write a share such as 2/3 or 0.8"
            raise ValueError(message) from error
    return value


Code = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
    Field(description="A stable code of letters, digits, dots, hyphens and underscores; never reused for another meaning."),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4_000), AfterValidator(_readable)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000), AfterValidator(_readable)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(_fraction)]


class Part(BaseModel):
    """What all parts of a document have in common: they are frozen, and an unknown field is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)
