"""The kinds of fields that documents are made of."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.kit.text import has_forbidden_characters


def _readable(text: str) -> str:
    if has_forbidden_characters(text):
        message = "remove the control characters or direction marks from this text"
        raise ValueError(message)
    return text


def _fraction(value: object) -> object:
    """Accept 2/3 as well as 0.667, so that a threshold is exact."""
    if not isinstance(value, str):
        return value
    parts = _FRACTION.fullmatch(value)
    if parts is None:
        message = "write a share such as 2/3 or 0.8"
        raise ValueError(message)
    return int(parts[1]) / int(parts[2])


_FRACTION = re.compile(r"^([0-9]{1,9})/([1-9][0-9]{0,8})$")


Code = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
    Field(description="A stable code of letters, digits, dots, hyphens and underscores; never reused for another meaning."),
]
LONGEST_TEXT, LONGEST_PROSE = 4_000, 20_000
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT), AfterValidator(_readable)]
Prose = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_PROSE), AfterValidator(_readable)
]
# Within these bounds no sum, difference or product of two overflows or vanishes.
Positive = Annotated[float, Field(ge=1e-6, le=1e6)]
Finite = Annotated[float, Field(ge=-1e100, le=1e100)]
_Unit = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[
    _Unit, BeforeValidator(_fraction, json_schema_input_type=_Unit | Annotated[str, Field(pattern=_FRACTION.pattern)])
]


class Part(BaseModel):
    """What all parts of a document have in common: they are frozen, and an unknown field is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)
