"""Conditions as XLSForm writes them: expressions of XPath that name other questions as ${name}."""

from __future__ import annotations

from app.domain.questionnaire.condition import All, Answered, Any, AtLeast, Condition, Equals, In, Includes, Not, Scalar
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import RecordsItem, ReferenceItem
from app.reports.xlsform.names import Names


def expression(condition: Condition, document: Questionnaire, names: Names) -> str:
    """Return a condition as an expression. One that names a question without a value is false, as it is here."""

    def said(part: Condition) -> str:
        match part:
            case Equals(equals=arguments):
                return _equals(names.item(arguments.item), arguments.value)
            case In(in_=arguments):
                return _joined(" or ", [_equals(names.item(arguments.item), value) for value in arguments.values])
            case Includes(includes=arguments):
                return f"selected(${{{names.item(arguments.item)}}}, '{arguments.option}')"
            case AtLeast(at_least=arguments):
                return f"${{{names.item(arguments.item)}}} >= {arguments.value:.15g}"
            case Answered(answered=code):
                return _answered(code, document, names)
            case All(all=parts):
                return _joined(" and ", [said(each) for each in parts])
            case Any(any=parts):
                return _joined(" or ", [said(each) for each in parts])
            case Not(not_=inner):
                return f"not({said(inner)})"

    return said(condition)


def both(*expressions: str) -> str:
    """Return expressions that must all hold; those that are empty are left out."""
    return _joined(" and ", [each for each in expressions if each])


def _joined(word: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else word.join(f"({part})" for part in parts)


def _equals(name: str, value: Scalar) -> str:
    shown = f"'{value}'" if isinstance(value, str) else f"{value:.15g}"
    return f"${{{name}}} = {shown}"


def _answered(code: str, document: Questionnaire, names: Names) -> str:
    item = document.items[code]
    if isinstance(item, ReferenceItem):
        return "false()"
    if isinstance(item, RecordsItem):
        return _joined(" or ", [f"join('', ${{{names.field(code, field.code)}}}) != ''" for field in item.fields])
    return f"${{{names.item(code)}}} != ''"
