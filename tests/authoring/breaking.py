"""Strategies: questionnaire files that are broken in every way that somebody's editor, program or ill will might break one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator

from hypothesis import strategies as st

from app.infra.yaml import read_yaml, write_yaml
from tests.builders import PROJECT
from tests.domain.documents import trees, wordy_documents

Path = tuple[str | int, ...]
Around = dict[str, object] | list[object]
GOOD = [path.read_bytes() for path in sorted((PROJECT / "tests" / "questionnaires").glob("*.yaml"))]
GOOD.append((PROJECT / "tests" / "small_review.yaml").read_bytes())

_LONG = 20_001
_UNSEEN = (
    "\x00",
    "\x07",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\u200b",
    "\u202e",
    "\u2066",
    "\u2028",
    "\ufeff",
    "\ufffe",
    "e" + "\u0301" * 40,
)
_NAMES = ("code", "type", "item", "items", "codee", "Code", "", " ", "0", "show_if", "parent", "<<", "a" * 200, "__class__")
_CODES = ("A1", "a1", "A2", "A", "B", "none", "certainty", "Z9", "x" * 65, "a b", "../..", "2026.1", "a/b", "é")
_ODD: list[object] = [
    *(None, True, False, 0, -1, 1, 5, 6, 2**63 - 1, -(2**63), 0.1, -0.0, 1e308, -1e308, 5e-324, 1e100, 1e101),
    *("", " ", "x", "1", "yes", "true", "2/3", "1/0", "0/5", "2026.1", "9999.999", "http://", "equals", "\t", "'", "#", "- a"),
    *([], {}, [[]], [{}], [None], ["a", "a"], {"": ""}, {"item": "A1"}, {"equals": {}}, {"not": {"answered": "A1"}}),
    *("x" * 4_001, "x" * _LONG, "word " * 5_000, "é" * 4_001),
    *({"answered": "Z9"}, {"all": []}, {"equals": {"item": "A1", "value": [1]}}, {"at_least": {"item": "A1", "value": 1e101}}),
]
_CHUNKS = (
    *(
        b"\t",
        b"\n",
        b"\r",
        b"\r\n",
        b" ",
        b"  ",
        b"\x00",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
    ),
    *(b"&a ", b"*a", b"*a *a", b"<<: *a\n", b"!", b"!!str ", b"!!python/object/apply:os.system ", b"!<tag:x> ", b"%YAML 1.1\n"),
    *(
        b"---\n",
        b"...\n",
        b"? ",
        b": ",
        b":",
        b"- ",
        b"-",
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b"|\n",
        b">\n",
        b"|9\n",
        b"'",
        b'"',
        b"#",
    ),
    *(b"`", b"@", b"=", b"~", b".nan", b".inf", b"1e999", b"0x", b"0o8", b"0b2", b"1_", b"2024-13-45", b"2024-01-01T25:61:61Z"),
    *(
        b"12:30:45",
        b"9" * 400,
        b"\\",
        b'"\\ud800"',
        b'"\\x"',
        b'"\\0"',
        b"[" * 30,
        b"{a: " * 30,
        b"- " * 30,
        b"code: A1\n",
        b"a: b: c\n",
    ),
)


def _good_content() -> st.SearchStrategy[object]:
    written = st.one_of(wordy_documents(), trees()).map(
        lambda one: one.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    )
    return st.one_of(st.sampled_from([read_yaml(raw).content for raw in GOOD]), written)


def places(content: object, path: Path = ()) -> Iterator[Path]:
    """Yield every place of plain content."""
    yield path
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, value in inner:
        yield from places(value, (*path, name))


@st.composite
def contents(draw: st.DrawFn) -> object:
    """Draw a document that was good once, with one to four things done to it."""
    content = copy.deepcopy(draw(_good_content()))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(places(content))))
        if path:
            around = _found(content, path[:-1])
            assert isinstance(around, dict | list)
            _HURTS[draw(st.sampled_from(sorted(_HURTS)))](draw, content, around, path[-1])
    return content


def _found(content: object, path: Path) -> object:
    for step in path:
        content = _get(content, step)
    return content


def _get(around: object, name: str | int) -> object:
    if isinstance(around, dict):
        return around[name]
    assert isinstance(around, list)
    return around[int(name)]


def _set(around: Around, name: str | int, value: object) -> None:
    if isinstance(around, dict):
        around[str(name)] = value
    else:
        around[int(name)] = value


def _drop(_draw: st.DrawFn, _whole: object, around: Around, name: str | int) -> None:
    if isinstance(around, dict):
        del around[str(name)]
    else:
        del around[int(name)]


def _rename(draw: st.DrawFn, _whole: object, around: Around, name: str | int) -> None:
    if isinstance(around, dict):
        around[draw(st.sampled_from(_NAMES))] = around.pop(str(name))


def _retype(draw: st.DrawFn, _whole: object, around: Around, name: str | int) -> None:
    _set(around, name, copy.deepcopy(draw(st.sampled_from(_ODD))))


def _recode(draw: st.DrawFn, whole: object, around: Around, name: str | int) -> None:
    """Put another code here: one that is used already, one of nothing, or one that is none; circles come from it too."""
    _set(around, name, draw(st.sampled_from([*_CODES, *_codes(whole)])))


def _double(draw: st.DrawFn, _whole: object, around: Around, name: str | int) -> None:
    if isinstance(around, list):
        around.insert(draw(st.integers(0, len(around))), copy.deepcopy(around[int(name)]))


def _transplant(draw: st.DrawFn, whole: object, around: Around, name: str | int) -> None:
    _set(around, name, copy.deepcopy(_found(whole, draw(st.sampled_from(list(places(whole)))))))


def _nest(draw: st.DrawFn, _whole: object, around: Around, name: str | int) -> None:
    value = _get(around, name)
    for _ in range(draw(st.sampled_from([1, 2, 6, 25]))):
        value = draw(st.sampled_from([[value], {"not": value}, {"all": [value]}, {"items": [value]}]))
    _set(around, name, value)


def _spoil(draw: st.DrawFn, _whole: object, around: Around, name: str | int) -> None:
    value = _get(around, name)
    if isinstance(value, str):
        at = draw(st.integers(0, len(value)))
        _set(around, name, value[:at] + draw(st.sampled_from(_UNSEEN)) + value[at:])


def _many(draw: st.DrawFn, _whole: object, around: Around, name: str | int) -> None:
    if isinstance(around, list):
        around.extend(copy.deepcopy(around[int(name)]) for _ in range(draw(st.sampled_from([20, 60]))))


_HURTS: dict[str, Callable[[st.DrawFn, object, Around, str | int], None]] = {
    each.__name__: each for each in (_drop, _rename, _retype, _recode, _double, _transplant, _nest, _spoil, _many)
}


def _codes(content: object) -> list[str]:
    found = content.get("code") if isinstance(content, dict) else None
    inner = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return [*([found] if isinstance(found, str) else []), *(code for value in inner for code in _codes(value))]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Draw a file of a broken document, as YAML or as JSON, which is YAML too."""
    content = draw(contents())
    if draw(st.booleans()):
        return write_yaml(content).encode("utf-8", "surrogatepass")
    return json.dumps(content, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """Draw a file whose very text is broken: by what is written into it, cut out of it, doubled, or by its encoding."""
    raw = bytearray(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 3))):
        at, length = draw(st.integers(0, len(raw))), draw(st.integers(0, 60))
        match draw(st.sampled_from(["insert", "replace", "cut", "double", "junk"])):
            case "insert":
                raw[at:at] = draw(st.sampled_from(_CHUNKS))
            case "replace":
                raw[at : at + length] = draw(st.sampled_from(_CHUNKS))
            case "cut":
                del raw[at : at + length]
            case "double":
                raw[at:at] = raw[at : at + length]
            case _:
                raw[at:at] = draw(
                    st.binary(max_size=8) | st.text(max_size=8).map(lambda text: text.encode("utf-8", "surrogatepass"))
                )
    return draw(st.sampled_from(_ENCODINGS))(bytes(raw))


def _same(raw: bytes) -> bytes:
    return raw


def _carriage_returns(raw: bytes) -> bytes:
    return raw.replace(b"\n", b"\r\n")


def _old_mac(raw: bytes) -> bytes:
    return raw.replace(b"\n", b"\r")


def _marked(raw: bytes) -> bytes:
    return b"\xef\xbb\xbf" + raw


def _wide(raw: bytes) -> bytes:
    return raw.decode("utf-8", "replace").encode("utf-16")


def _western(raw: bytes) -> bytes:
    return raw.decode("utf-8", "replace").encode("latin-1", "replace")


_ENCODINGS = (_same, _same, _same, _same, _carriage_returns, _old_mac, _marked, _wide, _western)
anything = st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
