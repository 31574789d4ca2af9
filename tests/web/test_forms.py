"""Forms are read once, as text, in one meaning."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Message

from app.web.forms import BadForm, Form, read_form
from tests.coroutines import finish
from tests.web.sample import OWN, SAVED

MULTIPART = {"Content-Type": "multipart/form-data; boundary=b", **OWN}


def part(name: str, value: str, extra: str = "") -> str:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{value}\r\n'


def test_values_are_cleaned_and_kept_in_order(client: TestClient) -> None:
    client.post("/page", data={"B1-04": "  cafe\u0301\r\nbar ", "gov_02": ["b", "a"], "empty": ""}, headers=OWN)

    assert SAVED == [{"B1-04": ("caf\u00e9\nbar",), "gov_02": ("b", "a"), "empty": ("",)}]


def test_a_multipart_form_reads_like_any_other(client: TestClient) -> None:
    client.post("/page", content=part("a", "\u00fc") + "--b--\r\n", headers=MULTIPART)

    assert SAVED == [{"a": ("\u00fc",)}]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\u202aC:\\strategy.pdf", "C:\\strategy.pdf"),
        ("a\u202eb\u202c \u2066c\u2069", "ab c"),
        ("First line\x0bsecond line\x0cnext page", "First line\nsecond line\nnext page"),
        ("\u202a \x0b", ""),
    ],
)
def test_what_pasting_brings_along_unseen_is_taken_out(client: TestClient, text: str, kept: str) -> None:
    client.post("/page", data={"gov_01": text}, headers=OWN)

    assert [{"gov_01": (kept,)}] == SAVED


@pytest.mark.parametrize("text", ["a\x07b", "\x1b[31m", "a" + "\u0301" * 40])
def test_a_text_that_can_be_stored_is_left_to_the_service_which_names_its_field(client: TestClient, text: str) -> None:
    client.post("/page", data={"gov_01": text, "gov_02": "yes"}, headers=OWN)

    assert [{"gov_01": (text,), "gov_02": ("yes",)}] == SAVED


@pytest.mark.parametrize("sent", [b"gov_01=a%00b", b"gov_01=a\x00b", b"gov_01=%ed%a0%80", b"gov_01=%ff"])
def test_what_no_text_can_hold_is_refused_at_the_edge(client: TestClient, sent: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    assert client.post("/page", content=sent, headers={**kind, **OWN}).status_code == 400
    assert SAVED == []


@pytest.mark.parametrize("name", ["<script>", "a b", "x" * 101, "", "\u202e"])
def test_a_field_name_that_no_page_of_ours_has_is_refused_unseen(client: TestClient, name: str) -> None:
    answer = client.post("/page", data={name: "1", "b": "2"}, headers=OWN)

    assert answer.status_code == 400
    assert not name or name not in answer.text


def test_a_field_of_one_value_sent_twice_is_refused(client: TestClient) -> None:
    assert client.post("/one", data={"answer": ["yes", "no"]}, headers=OWN).status_code == 400
    assert client.post("/one", data={"answer": "yes"}, headers=OWN).text == "yes"
    assert client.post("/one", data={"other": "yes"}, headers=OWN).text == ""


def test_a_form_value_can_be_built_and_read_by_hand() -> None:
    form = Form({"a": ("1", "2"), "b": ("3",)})

    assert (form.first("b"), form.all("a"), form.all("c"), form.names()) == ("3", ("1", "2"), (), ("a", "b"))
    with pytest.raises(BadForm):
        form.first("a")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("not a form", "text/plain", 415),
        ('{"a": 1}', "application/json", 415),
        (part("a", "1") + "--b--", "multipart/form-data", 400),
        ("--b\r\nno header", "multipart/form-data; boundary=b", 400),
        (part("a", "1", '; filename="x.txt"') + "--b--\r\n", "multipart/form-data; boundary=b", 400),
        (part("a", "1", "\r\nX-Long: " + "x" * 90_000) + "--b--\r\n", "multipart/form-data; boundary=b", 400),
        (part("a", "1") * 1_700 + "--b--\r\n", "multipart/form-data; boundary=b", 303),
        (part("a", "1").replace("1", "\udcff"), "multipart/form-data; boundary=b", 400),
        (part("a", "1") + "--b--\r\n", "multipart/form-data; boundary=b; charset=undefined", 415),
    ],
)
def test_other_bodies_are_refused(client: TestClient, content: str, kind: str, status: int) -> None:
    body = content.encode(errors="surrogateescape")

    assert client.post("/page", content=body, headers={"Content-Type": kind, **OWN}).status_code == status


def test_an_empty_form_has_no_fields(client: TestClient) -> None:
    client.post("/page", headers=OWN)

    assert SAVED == [{}]


def test_a_form_is_read_once_however_often_it_is_asked_for() -> None:
    bodies: list[Message] = [{"type": "http.request", "body": b"a=1", "more_body": False}]
    kind = (b"content-type", b"application/x-www-form-urlencoded")
    scope = {"type": "http", "method": "POST", "headers": [kind], "state": {}}

    async def receive() -> Message:
        return bodies.pop()

    async def read_twice() -> tuple[Form, Form]:
        return await read_form(Request(scope, receive)), await read_form(Request(scope, receive))

    first, second = finish(read_twice())

    assert first is second
    assert first.first("a") == "1"
