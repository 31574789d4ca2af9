"""What does not fit the format, in an author's words: pydantic's own messages are for programmers."""

from __future__ import annotations

from collections.abc import Mapping

ITEM_TYPES = ("maturity", "yes_no", "choice", "checklist", "percent", "number", "text", "records", "reference")
SCALAR_KINDS = frozenset({"string_type", "int_type", "float_type"})

_SMALLEST_SHOWN, _LARGEST_SHOWN = 1e-6, 1e15  # numbers between these are written out
_CODE = "a code of 1 to 64 letters, digits, dots, hyphens and underscores that begins with a letter or a digit"
_FORMS = {
    "version": 'a year, a dot and a number in quotes, such as "2026.1"',
    "language": "a code of a language, such as en or pt-BR",
    "source_url": "a web address without blanks that begins with http:// or https://",
}
_NUMBER_DUE = "{named} is a number. Write it in figures, without quotes."
_WHOLE_NUMBER_DUE = "{named} is a whole number. Write it in figures, without quotes or decimals."
_LIST_DUE = "{named} is a list. Write each entry on a line of its own after a hyphen, or all of them as [a, b]."
_FIELDS_DUE = "Fields are due here, each with its name and a colon, such as code: A1."
_WORDS: Mapping[str, str] = {
    "extra_forbidden": 'There is no field "{field}" here. Check its spelling, or remove it.',
    "missing": 'The field "{field}" is missing. Add it.',
    "model_type": _FIELDS_DUE,
    "model_attributes_type": _FIELDS_DUE,
    "dict_type": _FIELDS_DUE,
    "string_type": "{named} is text. Put the value in quotes.",
    "string_too_short": "{named} is empty. Write something in it, or remove it.",
    "string_too_long": "{named} is too long. Shorten it to {max_length} characters.",
    "string_pattern_mismatch": "{named} is {form}. Correct it.",
    "scalar_type": "{named} is one text or one number. Write a single value; put text in quotes.",
    "bool_type": "{named} is either true or false. Write one of the two, without quotes.",
    "int_type": _WHOLE_NUMBER_DUE,
    "int_from_float": _WHOLE_NUMBER_DUE,
    "int_parsing_size": "{named} has too many digits. Write a smaller number.",
    "float_type": _NUMBER_DUE,
    "finite_number": _NUMBER_DUE,
    "greater_than_equal": "{named} is too small. Write a number of at least {ge}.",
    "less_than_equal": "{named} is too large. Write a number of at most {le}.",
    "enum": "{named} takes no such value. Write one of: {expected}.",
    "literal_error": "{named} takes no such value. Write: {expected}.",
    "tuple_type": _LIST_DUE,
    "list_type": _LIST_DUE,
    "too_short": "{named} has too few entries. Give it at least {min_length}.",
    "too_long": "{named} has too many entries. Give it at most {max_length}.",
    "union_tag_invalid": f"The type is one of: {', '.join(ITEM_TYPES)}.",
    "union_tag_not_found": f"Say of what type this item is: {', '.join(ITEM_TYPES)}.",
}


def words_of(kind: str, path: tuple[str | int, ...], message: str, limits: Mapping[str, object]) -> str:
    """Say what is wrong at a place and what to do, by pydantic's type of error; the format's own checks bring their words."""
    if kind in {"value_error", "unknown_condition"}:
        own = message.removeprefix("Value error, ").rstrip(".")
        return f"{own[:1].upper()}{own[1:]}."
    words = _WORDS.get(kind, "{named} does not fit here. Compare it with the description of the format.")
    field = str(path[-1]) if path else ""
    shown = {name: _shown(limit) for name, limit in limits.items()}
    return words.format_map(shown | {"field": field, "named": _named(path), "form": _FORMS.get(field, _CODE)})


def _named(path: tuple[str | int, ...]) -> str:
    """Name the field at a place; an entry of a list is named after its list."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    return f'An entry of "{name}"' if path and isinstance(path[-1], int) else f'The field "{name}"'


def _shown(limit: object) -> str:
    """Write a limit as an author would: without an exponent where it can be helped, without Python's quotes."""
    if not isinstance(limit, float):
        return f"{limit:,}" if isinstance(limit, int) else str(limit).replace("'", "")
    is_written_out = limit == 0 or _SMALLEST_SHOWN <= abs(limit) <= _LARGEST_SHOWN
    return f"{limit:.6f}".rstrip("0").rstrip(".") if is_written_out else f"{limit:g}"
