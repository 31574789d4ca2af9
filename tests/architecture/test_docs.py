"""The documents say what is: every code, setting, command, link and example of theirs is compared with the program."""

from __future__ import annotations

import ast
import csv
import io
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from app.cli import app as command_line
from app.config import Settings
from app.domain.answers import Answer
from app.domain.benchmark.over_time.backcast import backcast
from app.domain.benchmark.over_time.change import change
from app.domain.benchmark.over_time.common_core import core_of
from app.domain.benchmark.robustness.draws import Shared, StoredDraws
from app.domain.benchmark.robustness.replicates import replicate
from app.domain.benchmark.robustness.scored_answers import Doubt, scored_answers
from app.domain.benchmark.robustness.uncertainty import QUANTILES, analysed, shown_bands
from app.domain.questionnaire.document import Questionnaire
from app.domain.reading import RawAnswer, read_answer
from app.domain.scoring.normalise import Series
from app.domain.scoring.plan import plan
from app.domain.scoring.sheet import score
from app.questionnaires.service import check_file
from app.web import problems
from tests import builders as make

PROJECT = Path(__file__).resolve().parent.parent.parent
APP = PROJECT / "app"
DOCS = PROJECT / "docs"
PAGES = sorted(
    [
        *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *(PROJECT / folder / "README.md" for folder in ("data/reference", "examples/bipa2024")),
        *DOCS.rglob("*.md"),
    ]
)
FAULTS_STAND_IN = (
    "domain/questionnaire/check.py",
    "domain/questionnaire/check_records.py",
    "domain/questionnaire/check_scheme.py",
    "infra/yaml.py",
    "questionnaires/service.py",
)
RAISES_FIELD_CODES = {"add", "FieldProblem", "Problem", "Unfit", "_fault", "_at"}
# Pages that say which word is not used.
MAY_NAME_THE_WORD = ("| economy, economies | country", "- **Say economy**")
NO_API_ROUTES = {"/api/v1/openapi.json", "/api/v1/docs", "/api/v1"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
IN_LINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TABLE_CODE = re.compile(r"^\| (Y\d|Q\d{3}) \|", re.MULTILINE)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def _blocks(page: Path, language: str, after: str = "") -> list[str]:
    """Every block of a language on a page; of what follows a heading, where one is named."""
    return [
        content for kind, content in FENCE.findall(_read(page).partition(after)[2] if after else _read(page)) if kind == language
    ]


def _code_lines(page: Path) -> Iterator[str]:
    """Every line of code on a page: of its blocks, and in its sentences."""
    text = _read(page)
    for _kind, content in FENCE.findall(text):
        yield from content.splitlines()
    yield from IN_LINE.findall(FENCE.sub("", text))


def _without_code(text: str) -> str:
    return IN_LINE.sub("", FENCE.sub("", text))


def _anchors(page: Path) -> set[str]:
    """Headings as anchors, by the rule of the common forges."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(FENCE.sub("", _read(page))))
    return {heading.strip().replace(" ", "-") for heading in plain}


def _is_reachable(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _calls(path: Path) -> Iterator[tuple[str, list[ast.expr]]]:
    for node in ast.walk(ast.parse(_read(path))):
        if isinstance(node, ast.Call):
            function = node.func
            yield (
                function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else "",
                node.args,
            )


def _second_texts(names: set[str]) -> set[str]:
    """The second argument of every call of these names, where it is written as a text."""
    return {
        arguments[1].value
        for path in APP.rglob("*.py")
        for name, arguments in _calls(path)
        if name in names and len(arguments) > 1 and isinstance(arguments[1], ast.Constant) and isinstance(arguments[1].value, str)
    }


def _class_codes() -> set[str]:
    """The `code = "..."` of every class of errors."""
    return {
        statement.value.value
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(_read(path)))
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and [target.id for target in statement.targets if isinstance(target, ast.Name)] == ["code"]
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    }


def _first_cells(page: Path, section: str) -> set[str]:
    """The codes in the first column of the table under a heading."""
    under = _read(page).split(f"\n## {section}\n")[1].split("\n## ")[0]
    rows = (line.split("|")[1] for line in under.splitlines() if line.startswith("| `"))
    return {code for cell in rows for code in IN_LINE.findall(cell)}


def _fault_codes() -> set[str]:
    found = "".join(_read(APP / name) for name in FAULTS_STAND_IN)
    return set(re.findall(r'"(Y\d|Q\d{3})"', found))


def _commands() -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
    """Every call of the program on any page: its words, its options, and where it stands."""
    found = []
    for page in PAGES:
        for line in _code_lines(page):
            call = re.match(r"(?:\.venv/bin/)?readiness (.+)", line.strip())
            if call:
                words = call[1].split()
                path = tuple(word for word in _leading(words))
                found.append((path, tuple(word for word in words if word.startswith("--")), f"{_name(page)}: {line.strip()}"))
    return found


def _leading(words: list[str]) -> Iterator[str]:
    for word in words:
        if not re.fullmatch(r"[a-z]+", word):
            return
        yield word


def _shown(value: object) -> str:
    """A default as the table of settings writes it."""
    known: dict[object, str] = {None: "none", "": "empty", (): "[]", True: "true", False: "false"}
    return known[value] if value is None or isinstance(value, bool | tuple) or value == "" else str(value)


def _document(source: str) -> Questionnaire:
    checked = check_file(source.encode())
    assert checked.questionnaire is not None
    return checked.questionnaire


def _answers(questionnaire: Questionnaire, table: str) -> dict[str, Answer]:
    """Read the answers of a table; where it names versions, those to this one."""
    found = {}
    for row in csv.DictReader(io.StringIO(table)):
        if row.get("version", questionnaire.version) != questionnaire.version:
            continue
        reading = read_answer(questionnaire.items[row["item"]], RawAnswer(row["state"], row["value"], row["reason"]))
        assert reading.answer is not None, reading.problems
        found[row["item"]] = reading.answer
    return found


def _figure(text: str) -> object:
    return None if text == "" else pytest.approx(float(text), abs=5e-5)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(FENCE.sub("", _read(page))) if not re.match(r"https?:|mailto:", link)]

    assert [link for link in links if not _is_reachable(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_documents_speak_of_economies_too(page: Path) -> None:
    quoted = re.sub(r"\u201c[^\u201d]*\u201d", "", _read(page))  # the leaders' own words

    spoken = [line for line in quoted.splitlines() if not line.startswith(MAY_NAME_THE_WORD)]
    assert re.findall(r"countr(?:y|ies)", "\n".join(spoken), re.IGNORECASE) == []


def test_every_decision_is_listed() -> None:
    notes = {path.name for path in (DOCS / "decisions").glob("[0-9]*.md")}

    assert set(LINK.findall(_read(DOCS / "decisions" / "README.md"))) == notes


def test_every_code_of_an_error_is_explained_and_none_is_made_up() -> None:
    of_statuses = {code for code, _title, _detail in problems._STATUS_WORDS.values()}
    raised = _class_codes() | of_statuses | _second_texts({"Refusal"})

    assert _first_cells(DOCS / "errors.md", "Codes of a request") == raised


def test_every_code_of_a_field_is_explained() -> None:
    raised = {code for code in _second_texts(RAISES_FIELD_CODES) if re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", code)}

    assert raised - _first_cells(DOCS / "errors.md", "Codes of a field") == set()


def test_every_fault_of_a_questionnaire_is_explained_and_none_is_made_up() -> None:
    assert set(TABLE_CODE.findall(_read(DOCS / "questionnaire-format.md"))) == _fault_codes()


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_listed_with_its_default(name: str) -> None:
    row = next(line for line in _read(DOCS / "operators.md").splitlines() if line.startswith(f"| `READINESS_{name.upper()}` |"))

    assert row.split("|")[2].strip(" `") == _shown(Settings.model_fields[name].default)


def test_no_setting_is_listed_that_there_is_not() -> None:
    listed = re.findall(r"^\| `READINESS_(\w+)` \|", _read(DOCS / "operators.md"), re.MULTILINE)

    assert sorted(name.lower() for name in listed) == sorted(Settings.model_fields)


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", _read(PROJECT / "Makefile"), re.MULTILINE))

    named = {
        (_name(page), target) for page in PAGES for line in _code_lines(page) for target in re.findall(r"^make ([a-z-]+)", line)
    }

    assert named
    assert {(page, target) for page, target in named if target not in targets} == set()


def test_every_command_that_a_page_names_exists_with_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "200")
    helps: dict[tuple[str, ...], str] = {}

    missing = []
    for path, options, place in _commands():
        if path not in helps:
            shown = CliRunner().invoke(command_line, [*path, "--help"])
            helps[path] = shown.output if shown.exit_code == 0 else ""
        missing += [f"{place} ({option})" for option in (*options, "--help") if option not in helps[path]]

    assert helps
    assert missing == []


def test_every_address_of_the_api_that_a_page_names_exists() -> None:
    contract = json.loads(_read(DOCS / "openapi.json"))
    routes = {re.sub(r"\{\w+\}", "{}", path) for path in contract["paths"]} | NO_API_ROUTES

    named = {
        re.sub(r"\{\w+\}", "{}", address).removesuffix(".csv").rstrip("/.")
        for page in PAGES
        for line in _code_lines(page)
        for address in re.findall(r"/api/v1[\w/{}.-]*", line)
    }

    # A page may name an address as it is asked for, with a value where the contract has a parameter.
    known = re.compile("|".join(re.escape(route.rstrip("/")).replace(r"\{\}", "[^/]+") for route in sorted(routes)))
    assert {address for address in named if not known.fullmatch(address)} == set()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_json_on_a_page_is_json(page: Path) -> None:
    for block in _blocks(page, "json"):
        json.loads(block)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_questionnaire_on_a_page_checks_clean(page: Path) -> None:
    for block in _blocks(page, "yaml"):
        checked = check_file(block.encode())

        assert checked.faults == ()


def test_the_worked_example_of_the_method_comes_out_as_printed() -> None:
    page = DOCS / "method.md"
    questionnaire = _document(_blocks(page, "yaml")[0])
    given, expected = _blocks(page, "csv")[:2]

    answers = _answers(questionnaire, given)

    for row in csv.DictReader(io.StringIO(expected)):
        node = score(questionnaire, answers, Series(row["series"])).nodes[row["node"]]
        assert (node.score, node.floor, node.ceiling) == (_figure(row["score"]), _figure(row["floor"]), _figure(row["ceiling"]))
        assert (node.coverage, node.reason or "", node.band or "") == (float(row["coverage"]), row["reason"], row["band"])


def test_the_example_of_change_comes_out_as_printed() -> None:
    page, heading = DOCS / "method.md", "### An example of change"
    before, after = (_document(source) for source in _blocks(page, "yaml", heading)[:2])
    given, expected, _cast = _blocks(page, "csv", heading)[:3]

    found = change(core_of(before, after), *(_answers(document, given) for document in (before, after)))

    rows = {row["node"]: row for row in csv.DictReader(io.StringIO(expected))}
    assert found.keys() == rows.keys()
    for code, row in rows.items():
        node = found[code]
        assert (node.before, node.after, node.change) == (_figure(row["before"]), _figure(row["after"]), _figure(row["change"]))
        assert (node.reason or "", node.items) == (row["reason"], int(row["items"]))
        assert [node.share_before, node.share_after] == [_figure(row["share_before"]), _figure(row["share_after"])]
        assert node.coverage == _figure(row["coverage"])


def test_the_example_of_a_back_cast_comes_out_as_printed() -> None:
    page, heading = DOCS / "method.md", "### An example of change"
    before, after = (_document(source) for source in _blocks(page, "yaml", heading)[:2])
    given, _change, expected = _blocks(page, "csv", heading)[:3]

    found = backcast(before, _answers(before, given), after)

    rows = {row["node"]: row for row in csv.DictReader(io.StringIO(expected))}
    assert found.sheet.nodes.keys() == rows.keys()
    for code, row in rows.items():
        node = found.sheet.nodes[code]
        assert [node.score, node.coverage, found.carried[code]] == [
            _figure(row[name]) for name in ("score", "coverage", "carried")
        ]
        assert (node.reason or "") == row["reason"]


def test_the_enumeration_of_the_method_comes_out_as_printed() -> None:
    page = json.loads(_blocks(DOCS / "method.md", "json")[0])
    nodes = [make.node("ALL"), *(make.node(code, "ALL") for code in page["items"])]
    sections = [
        make.section(code, *(make.percent(f"{code}-{k}", weight=w, na_allowed=True) for k, w in enumerate(weights, start=1)))
        for code, weights in page["item_weights"].items()
    ]
    document = make.questionnaire(*sections, nodes=nodes)
    given = {
        f"{code}-{k}": make.NOT_APPLICABLE if worth is None else make.answer(float(worth))
        for code, values in page["items"].items()
        for k, worth in enumerate(values, start=1)
    }
    combinations = np.array(list(itertools.product((0, 1), repeat=3))).T
    weights = np.array(page["pillar_weights"])[combinations[0]].T * 2
    decisions = Shared(combinations[1] == 1, np.zeros(8, dtype=np.intp), combinations[2] == 1)
    draws = StoredDraws(decisions, {"weights ALL": weights})
    answers = scored_answers(document, {"AAA": given}, doubt=Doubt(0, 0, 0))

    found = analysed(plan(document), answers, make.BANDS, draws)
    *_, top = replicate(plan(document), answers, draws)

    column = found.nodes.index("ALL")
    quantiles = dict(zip(QUANTILES, found.quantiles[:, 0, column], strict=True))
    assert top.scores[0] == pytest.approx(page["replicates"], abs=1e-9)
    assert found.nominal[0, column] == page["nominal"]
    assert {share: quantiles[float(share)] for share in page["quantiles"]} == pytest.approx(page["quantiles"], abs=1e-9)
    assert found.in_band[0, column].tolist() == page["in_band"]
    assert [band + 1 for band in shown_bands(3, page["in_band"])] == page["shown"]
