"""What New Zealand writes and does not publish stands in no answer to anybody outside, in no mail to them, and in no log.

Every text that a person can write holds a word of 128 fresh bits. Whoever is outside asks for every address that can be read,
with every id that there is; each answer is unpacked and searched for the word, as it is and in other encodings, for the hash of
each text, and for a marked figure.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.isolation.callers import Caller, Callers
from tests.isolation.conftest import After, Before, OpenWorld
from tests.isolation.places import address, addresses
from tests.isolation.unpacking import layers
from tests.isolation.words import Planted
from tests.isolation.world import MARKED
from tests.routes import routes

OUTSIDE = (
    *("anonymous", "other", "other_approver", "chile_contributor", "chile_reads"),
    *("analyst", "analyst_reads", "reviewer_elsewhere", "secretariat"),
)
ADMINISTER = ("administrator", "administrator_writes")
"""They know what people are called, and nothing of what an economy says."""
FIGURES = (MARKED.encode(), b"73.0091", b"73.009", b"73.0917")
QUERIES = (
    *("economy=NZL", "economy=CHL", "economies=NZL", "cycle=2025", "cycle=2026", "questionnaire=small&cycle=2025", "node=B2"),
    *("status=*", "sort=-comment", "sort=value", "limit=1000", "limit=1000000000", "q=strategy", "group=APEC", "series=reviewed"),
    *("user=NZL", "who=NZL", "act=reviews.", "before=1", "cursor=WyJhIl0", "language=es", "from=2020-01-01&to=2099-01-01"),
    *("questionnaire=small&cycle=2024", "questionnaire=small&release=latest", "cycle=2024&economy=NZL", "format=csv"),
)
KINDS = ("text/csv", "application/vnd.apache.parquet", "application/xml", "*/*;q=0.1")


def readable(callers: Callers) -> list[str]:
    """List the templates of every address that can be read, slow ones that are the same for everybody left out."""
    return sorted({path for method, path, _, _ in routes(callers.app) if method == "GET"})


def asked(callers: Callers, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give every way to ask for a template: all its ids, lists with every filter, and every kind."""
    for each in addresses(path, callers.world):
        yield each, {}
    if "{" not in path:
        for query in QUERIES:
            yield f"{path}?{query}", {}
    for kind in KINDS if path.startswith("/api/") else ():
        yield address(path, callers.world), {"Accept": kind}


def hits(planted: Planted, parts: list[bytes], further: tuple[bytes, ...] = ()) -> list[bytes]:
    """Return what of the planted words stands in an answer."""
    lower = [part.lower() for part in parts]
    found = [needle for needle in planted.needles() for part in lower if needle in part]
    found += [needle for needle in planted.in_base64() for part in parts if needle in part]
    return found + [needle for needle in further for part in parts if needle in part]


def test_the_search_finds_what_it_looks_for(open_world: OpenWorld) -> None:
    """Whoever may read it is answered the words: the search is not blind."""
    callers = open_world(After)
    coordinator, world = callers.found["coordinator"], callers.world
    paths = (
        "/reviews/{review_id}/sections/{code}",
        "/reviews/{review_id}/review.pdf",
        "/reviews/{review_id}/workbook.xlsx",
        "/api/v1/reviews/{review_id}",
        "/evidence/{evidence_id}/versions/{version}/file",
    )

    for path in paths:
        assert hits(world.words, list(layers(coordinator.ask("GET", address(path, world))))), path
    own = coordinator.ask("GET", address("/reviews/{review_id}/revisions/{revision}/results", world))
    assert any(figure in own.content for figure in (*FIGURES, b"73")), "the marked figure is scored"
    assert hits(world.names, list(layers(callers.found["administrator"].ask("GET", "/admin/users"))))


@pytest.mark.timeout(300)
def test_no_planted_word_stands_in_any_answer_to_an_outsider(callers: Callers, capsys: pytest.CaptureFixture[str]) -> None:
    found, fetched, failed = [], 0, []
    world = callers.world
    for name in (*OUTSIDE, *ADMINISTER):
        caller = callers.found.get(name) or callers.admit(name)
        for path in readable(callers):
            if name in {"other_approver", "chile_contributor", "reviewer_elsewhere", *ADMINISTER} and is_public(path):
                continue  # alike for all of them, and asked by others
            for wanted, headers in asked(callers, path):
                answer = caller.client.get(wanted, headers=headers)
                fetched += 1
                parts = list(layers(answer))
                seen = hits(world.words, parts, FIGURES)
                seen += hits(world.names, parts) if name in OUTSIDE else []
                if seen and not is_own_request(wanted, seen):
                    found.append((name, wanted, answer.status_code, seen[:2]))
                if answer.status_code >= 500:
                    failed.append((name, wanted, answer.status_code))
    written = capsys.readouterr()

    assert found == []
    assert failed == []
    assert fetched >= 2_000
    assert hits(world.words, [written.out.encode(), written.err.encode()], FIGURES) == []
    assert hits(world.names, [written.out.encode(), written.err.encode()]) == []


def is_public(path: str) -> bool:
    return path.startswith(("/api/v1/releases", "/api/v1/questionnaires", "/benchmarks", "/questionnaires", "/sdmx", "/api/v1/cells",
                            "/api/v1/scores", "/api/v1/references"))


def is_own_request(_wanted: str, _seen: list[bytes]) -> bool:
    return False
