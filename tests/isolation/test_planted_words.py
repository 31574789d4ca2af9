"""What New Zealand writes and does not publish stands in no answer to anybody outside, in no mail to them, and in no log.

Every text that a person can write holds a word of 128 fresh bits. Whoever is outside asks for every address that can be read,
with every id that there is; each answer is unpacked and searched for the word, as it is and in other encodings, for the hash of
each text, and for a marked figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from httpx2 import Response

from tests.isolation.callers import Callers
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
PUBLIC = (
    *("/api/v1/releases", "/api/v1/questionnaires", "/api/v1/cells", "/api/v1/scores", "/api/v1/references"),
    *("/api/v1/docs", "/benchmarks", "/components", "/questionnaires", "/sdmx"),
)
OF_ONE_ANSWER = ("x-request-id", "date", "set-cookie")
TOKEN = re.compile(rb'name="csrf_token" value="[^"]+"')
CHANGES_BY_ITSELF = ("/account",)
"""A page of one's own that names the sessions, which are others in each copy of the world."""
KINDS = ("text/csv", "application/vnd.apache.parquet", "application/xml", "*/*;q=0.1")


def readable(callers: Callers) -> list[str]:
    """List the templates of every address that can be read, slow ones that are the same for everybody left out."""
    return sorted({path for method, path, _, _ in routes(callers.app) if method == "GET"})


def asked(callers: Callers, name: str, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give every way to ask for a template: an official of the other economy tries all ids, whoever has no account what is
    public, and the rest, who are told of nothing more, each address once and each of their lists with every filter."""
    is_thorough = is_public(path) if name == "anonymous" else name == "other" and not is_public(path)
    yield from ((each, {}) for each in (addresses(path, callers.world) if is_thorough else [address(path, callers.world)]))
    if "{" not in path and is_thorough:
        yield from ((f"{path}?{query}", {}) for query in QUERIES)
    for kind in KINDS if path.startswith("/api/") and is_thorough else ():
        yield address(path, callers.world), {"Accept": kind}


def is_public(path: str) -> bool:
    """Tell whether what stands there is the same for everybody."""
    return path.startswith(PUBLIC)


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


@pytest.mark.abuse("T2", "T10")
@pytest.mark.timeout(240)
def test_no_planted_word_stands_in_any_answer_to_an_outsider(callers: Callers, capsys: pytest.CaptureFixture[str]) -> None:
    found, failed, fetched, world = [], [], 0, callers.world
    for name in (*OUTSIDE, *ADMINISTER):
        caller = callers.found.get(name) or callers.admit(name)
        for path in readable(callers):
            for wanted, headers in asked(callers, name, path):
                answer = caller.client.get(wanted, headers=headers)
                parts, fetched = list(layers(answer)), fetched + 1
                seen = hits(world.words, parts, FIGURES) + (hits(world.names, parts) if name in OUTSIDE else [])
                found += [(name, wanted, answer.status_code, needle) for needle in seen]
                failed += [(name, wanted)] if answer.status_code >= 500 else []
    written = capsys.readouterr()
    logged = [written.out.encode(), written.err.encode()]

    assert found == []
    assert failed == []
    assert fetched >= 2_000
    assert b"/reviews/{review_id}" in b"".join(logged), "what is logged is looked at"
    assert hits(world.words, logged, FIGURES) + hits(world.names, logged) == []


def test_no_planted_word_stands_in_a_mail_to_an_outsider(callers: Callers) -> None:
    world = callers.world
    mails = world.scene.rows("SELECT recipient, subject, body FROM mail")
    ours = [
        mail for mail in mails if world.names.word in str(mail[0]) or mail[0] in {"expert@example.net", world.emails["reviewer"]}
    ]
    others = [mail for mail in mails if mail not in ours]

    assert ours, "New Zealand's people and the expert whom it asked are written to"
    assert others
    assert hits(world.words, [str(mail).encode() for mail in others]) == []
    assert hits(world.names, [str(mail).encode() for mail in others]) == []


ERRORS = (
    ("GET", "/reviews/{review_id}/nothing", b""),
    ("POST", "/reviews/{review_id}", b""),
    ("PUT", "/api/v1/reviews/{review_id}/answers/A1", b"{"),
    ("PUT", "/api/v1/reviews/{review_id}/answers/A1", b"x" * 2_000_000),
    ("POST", "/reviews/{review_id}/sections/A", b"a" * 9_000_000),
    ("DELETE", "/api/v1/reviews/{review_id}", b""),
)


@pytest.mark.parametrize(("method", "path", "sent"), ERRORS)
def test_no_planted_word_stands_in_an_error(callers: Callers, method: str, path: str, sent: bytes) -> None:
    answer = callers.found["other"].client.request(method, address(path, callers.world), content=sent)

    assert 400 <= answer.status_code < 500
    assert hits(callers.world.words, list(layers(answer))) == []


@pytest.mark.abuse("T10")
@pytest.mark.timeout(240)
def test_answers_are_the_same_byte_for_byte_whether_there_is_anything_unpublished_or_not(open_world: OpenWorld) -> None:
    """Counts, tags, lengths and order: of what New Zealand has not published, nothing shows through anything else."""
    worlds = [open_world(moment, only=("anonymous", "other", "analyst")) for moment in (Before, After)]
    different, compared = [], 0
    for name in ("anonymous", "other", "analyst"):
        for path in readable(worlds[0]):
            if path in CHANGES_BY_ITSELF:
                continue
            wanted = [address(path, worlds[0].world)] + [f"{path}?{query}" for query in QUERIES if "{" not in path]
            for each in wanted:
                before, after = (said(callers.found[name].client.get(each)) for callers in worlds)
                compared += 1
                if before != after:
                    different.append((name, each, before[0], after[0]))

    assert different == []
    assert compared >= 1_000


def said(answer: Response) -> tuple[int, dict[str, str], bytes]:
    """Return an answer without what is another one in every answer, and in every session."""
    headers = {name: value for name, value in answer.headers.items() if name not in OF_ONE_ANSWER}
    body = TOKEN.sub(b"", answer.content.replace(answer.headers.get("x-request-id", "-").encode(), b""))
    return answer.status_code, headers, body
