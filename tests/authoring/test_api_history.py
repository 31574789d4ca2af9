"""The changes of a draft and the record over the API."""

from __future__ import annotations

from tests.authoring.conftest import A1, Desk
from tests.authoring.programs import Program, fields, refused


def test_changes_are_listed_in_pages_and_put_back(desk: Desk, ana: Program) -> None:
    words = desk.part(A1)["text"]
    for text in ("one?", "two?", "three?"):
        desk.save(A1, text=text)

    first = ana.get("/history?limit=2").json()
    rest = ana.get(f"/history?limit=2&cursor={first['next']}").json()

    assert [row["number"] for row in first["data"] + rest["data"]] == [3, 2, 1]
    assert rest["next"] is None
    assert rest["data"][0]["fields"] == ["text"]
    whole = ana.get("/history/1").json()
    assert (whole["before"]["part"]["text"], whole["after"]["part"]["text"]) == (words, "one?")
    assert ana.post("/history/1/put-back", None).json()["revision"] == 4
    assert desk.part(A1)["text"] == words
    assert ana.get("/history/99").status_code == ana.post("/history/99/put-back", None).status_code == 404
    refused(ana.get("/history?cursor=WyItMSJd"), 400, "bad_cursor")


def test_the_record_is_read_in_pages_and_narrowed(desk: Desk, ana: Program) -> None:
    for text in ("one?", "two?"):
        desk.save(A1, by=desk.ben, text=text)

    def acts(query: str) -> list[tuple[str, str]]:
        answer = ana.client.get(f"/api/v1/audit?{query}")
        assert answer.status_code == 200, answer.text
        return [(row["who"], row["action"]) for row in answer.json()["data"]]

    assert acts("who=Ben") == [("Ben", "authoring.edited")] * 2
    assert acts(f"target={desk.draft}")[-1] == ("Ana", "authoring.started")
    assert ("Ana", "accounts.key_created") in acts("where=people")
    assert acts("since=2999-01-01") == []
    first = ana.client.get("/api/v1/audit?limit=1").json()
    rest = ana.client.get(f"/api/v1/audit?limit=1&cursor={first['next']}").json()
    assert first["data"][0]["sequence"] > rest["data"][0]["sequence"]
    for typed in ("yesterday", "20260301", "2026-W09-7", "2026-02-30"):
        assert fields(ana.client.get(f"/api/v1/audit?since={typed}")) == [("since", "not_a_date")]
    assert fields(ana.client.get("/api/v1/audit?where=moon")) == [("query.where", "literal_error")]
