"""Bodies that are wrong: a form or a document as it should be, with one thing in it that nobody sends by accident."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from tests.isolation.rendered import Rendered

TOKEN = "csrf_token"
DIGITS = "9" * 100_000
NOT_TEXT = {"a NUL": b"a\0b", "half of a character": b"a\xed\xa0\x80b", "no UTF-8": b"\xff\xfe"}
NUMBERS = {"2^31": str(2**31), "2^63": str(2**63), "below -2^63": str(-(2**63) - 1)}
TEXTS = {
    "a hundred thousand digits": DIGITS,
    "a digit that is no decimal": "\u00b2",
    "Arabic digits": "\u0661\u0662",
    "not a number": "nan",
    "too large": "1e400",
    "brackets": "[[[[{{{{" * 100,
    "controls": "a\x07\u202e\ud7ff\ufffe b",
    "a colon and dots": "../..:~::",
    "a line of two": "a\r\nb: c",
    "nothing": "",
}
_OF_MANY = re.compile(r"[0-9a-f-]{20,}|\b[A-Z]?\d+\b")
_EVERY = 6  # a field is given every sixth text, the next field those after them
_BOUNDARY = "a-line-between"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Sent:
    """One request's body, and what it says of itself."""

    label: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Fields = list[tuple[str, bytes]]


def _fields(form: Rendered) -> Fields:
    return [(name, value.encode()) for name, values in form.fields.items() for value in values]


def _encoded(fields: Fields) -> bytes:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields).encode()


def _multipart(fields: Fields, file: tuple[str, str, bytes] | None = None) -> bytes:
    parts = [f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value for name, value in fields]
    if file:
        name, called, content = file
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\n\r\n'
        parts.append(head.encode() + content)
    return b"\r\n".join([*parts, f"--{_BOUNDARY}--\r\n".encode()])


def _as_form(label: str, fields: Fields) -> Sent:
    return Sent(label, _encoded(fields), {"Content-Type": _FORM})


def _with(fields: Fields, name: str, value: bytes) -> Fields:
    return [*((each, said) for each, said in fields if each != name), (name, value)]


def one_of_each_kind(form: Rendered) -> list[str]:
    """Name the fields but the token: of those that differ in a number, a code or a key alone, the first."""
    kinds = {_OF_MANY.sub("#", name): name for name in reversed(form.fields) if name != TOKEN}
    return list(kinds.values())


def form_bodies(form: Rendered) -> Iterator[Sent]:
    """Give what can be wrong with a form: with all of it, with each field, and with its file."""
    yield from _wrong_as_a_whole(form)
    if form.file:
        yield from _wrong_files(form)
        return
    fields = _fields(form)
    texts = [*TEXTS.items(), *NUMBERS.items()]
    for position, name in enumerate(one_of_each_kind(form)):
        for label, said in texts[position % _EVERY :: _EVERY]:
            yield _as_form(f"{name} is {label}", _with(fields, name, said.encode("utf-8", "surrogatepass")))
        yield _as_form(f"{name} twice", [*fields, (name, b"1"), (name, b"2")])
        yield _as_form(f"{name} is missing", [each for each in fields if each[0] != name])


def not_text(form: Rendered) -> Iterator[Sent]:
    """Give a form whose every field is something that no text can hold, in both ways that a browser sends it."""
    fields, several = _fields(form), {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
    for label, said in NOT_TEXT.items():
        wrong = [(name, value if name == TOKEN else said) for name, value in fields]
        yield _as_form(f"all are {label}", [*wrong, ("further", said)])
        yield Sent(f"all are {label}, in parts", _multipart([*wrong, ("further", said)]), several)


def _wrong_as_a_whole(form: Rendered) -> Iterator[Sent]:
    fields = _fields(form)
    token = [each for each in fields if each[0] == TOKEN]
    yield from not_text(form)
    yield Sent("nothing at all", b"", {"Content-Type": _FORM})
    yield _as_form("only the token", token)
    yield _as_form("brackets in names", [*fields, ("a[b][c][][d]", b"1"), ("[" * 50, b"1")])
    yield _as_form("everything twice", [*fields, *(each for each in fields if each[0] != TOKEN)])
    yield _as_form("names of nothing", [*fields, ("__proto__", b"1"), ("Z9.choice", b"1"), ("", b"")])
    yield Sent("JSON", b'{"a": [1]}', {"Content-Type": "application/json"})
    yield Sent("text", _encoded(fields), {"Content-Type": "text/plain"})
    yield Sent("no kind", _encoded(fields), {})
    yield Sent("parts without a line between", _encoded(fields), {"Content-Type": "multipart/form-data"})
    yield Sent("parts without an end", b"--x\r\nContent-Disposition: f", {"Content-Type": "multipart/form-data; boundary=x"})


def _wrong_files(form: Rendered) -> Iterator[Sent]:
    headers, fields = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}, _fields(form)
    for label, content in FILES.items():
        for called in ("a.pdf", "a.xlsx", "a.yaml", "a.po"):
            yield Sent(f"{called} of {label}", _multipart(fields, (form.file, called, content)), headers)
    for called in ("", "a" * 5_000 + ".pdf", "../../a.pdf", "a%00.pdf", "a\u202efdp.txt", "CON"):
        yield Sent(f"a name {called[:9]!r}", _multipart(fields, (form.file, called, b"%PDF-1.4\n%%EOF")), headers)
    two = _multipart(fields, (form.file, "a.pdf", b"a")).replace(f"--{_BOUNDARY}--".encode(), b"")
    yield Sent("two files", two + _multipart([], (form.file, "b.pdf", b"b")), headers)
    for name in one_of_each_kind(form):
        wrong = _with(fields, name, DIGITS.encode())
        yield Sent(f"{name} beside a file", _multipart(wrong, (form.file, "a.txt", b"Words.\n")), headers)


FILES = {
    "nothing": b"",
    "NUL": b"\0" * 2_000,
    "half characters": b"\xed\xa0\x80" * 100,
    "digits": DIGITS.encode(),
    "brackets": b"[" * 5_000,
    "a cut archive": b"PK\x03\x04" + b"\0" * 500,
    "a cut document": b"%PDF-1.4\n" + b"\xff" * 500,
    "entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><xliff>&b;</xliff>',
    "words": b'msgid "a"\nmsgstr "\\ud800"\n',
}


def json_bodies(body: Mapping[str, object]) -> Iterator[Sent]:
    """Give what can be wrong with a document: with all of it, and with each field."""
    headers = {"Content-Type": "application/json"}
    whole = json.dumps(body)
    for label, raw in _WHOLE.items():
        yield Sent(label, raw, headers)
    yield Sent("another kind", whole.encode(), {"Content-Type": "text/plain"})
    yield Sent("no kind", whole.encode())
    yield Sent("a field of nothing", json.dumps({**body, "__proto__": {}, "unknown": 1}).encode(), headers)
    for name in body:
        for value in _VALUES:
            rest = json.dumps({each: said for each, said in body.items() if each != name})[1:-1]
            wrong = f"{{{json.dumps(name)}: {value}{', ' if rest else ''}{rest}}}"
            yield Sent(f"{name} is {value[:20]}", wrong.encode("utf-8", "surrogatepass"), headers)
        yield Sent(f"{name} twice", f"{whole[:-1]}, {json.dumps(name)}: 1}}".encode(), headers)
        yield Sent(
            f"{name} is missing", json.dumps({each: said for each, said in body.items() if each != name}).encode(), headers
        )


_WHOLE = {
    "nothing at all": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a text": b'"a"',
    "null": b"null",
    "nothing in it": b"{}",
    "half of a character": b'{"a": "\xed\xa0\x80"}',
    "deep": b'{"a":' * 100_000,
    "deep and whole": b'{"a":' * 49 + b"1" + b"}" * 49,
}
_VALUES = (
    *("null", "true", "-1", "0.5", "1e400", "NaN", "-0", str(2**31), str(2**63 - 1), str(2**63), DIGITS),
    *('""', '"a\\u0000b"', '"\\ud800"', '"\ud800"', '"a\\u0007\\u202e"', f'"{DIGITS}"', '"\\u00b2"', '"../.."', '"nan"'),
    *(
        "[]",
        "[[[[]]]]",
        "[null]",
        '["a", "a"]',
        "[1e308]",
        "{}",
        '{"a": {"b": []}}',
        '[{"code": null}]',
        '[{"code": 1, "text": []}]',
    ),
)
