"""How often a client may ask: windows, headers, who is counted, what is dear and what is cheap, and the refusal."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import httpx2
import pytest
import time_machine
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import Settings
from app.infra.tally import Counted
from app.kit.tiers import Tier
from app.web.rates import (
    MOST_UNKNOWN,
    Client,
    CountedRequests,
    Credential,
    Quota,
    Rates,
    family_of,
    open_rates,
    quotas_of,
)
from app.web.remembered import Remembered
from app.web.windows import Windows

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = UUID(int=7)
QUOTAS = {Tier.ANONYMOUS: Quota(3, 100), Tier.STANDARD: Quota(5, 1_000), Tier.LARGE: Quota(50, 1_000)}


class Answering:
    """An application that answers with the status that the address names, and knows whether it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive  # no body is read
        self.asked += 1
        found = re.search(r"/answer-(\d{3})$", scope["path"])
        status = int(found[1]) if found else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def opened(app: ASGIApp, address: str = "192.0.2.1") -> closing[TestClient]:
    """Open a client of an application that knows no lifespan."""

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "app": Starlette()}, receive, send)

    return closing(TestClient(inside, client=(address, 1)))


class Known:
    """Recognises one key and one session, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, shown: Credential) -> Client | None:
        self.asked += 1
        if shown == Credential("good", is_key=True):
            return Client("key:7", Tier.STANDARD, KEY)
        return Client("person:1", Tier.STANDARD) if shown == Credential("open", is_key=False) else None


@pytest.fixture
def known() -> Known:
    return Known()


@pytest.fixture
def rates(known: Known) -> Rates:
    return Rates(QUOTAS, known, cookie="session", ask_at="https://readiness.example.org/keys/ask")


@pytest.fixture
def inner() -> Answering:
    return Answering()


@pytest.fixture
def client(rates: Rates, inner: Answering) -> Iterator[TestClient]:
    with time_machine.travel(NOON, tick=False), opened(CountedRequests(inner, rates)) as client:
        yield client


def left(answer_header: str) -> dict[str, tuple[int, int]]:
    return {name: (int(r), int(t)) for name, r, t in re.findall(r'"([a-z-]+)";r=(\d+);t=(\d+)', answer_header)}


def test_every_answer_says_what_is_allowed_and_what_is_left(client: TestClient) -> None:
    first, second = client.get("/api/v1/releases"), client.get("/sdmx/2.1/dataflow/answer-404")

    assert first.headers["ratelimit-policy"] == '"minute";q=3;w=60, "day";q=100;w=86400'
    assert left(first.headers["ratelimit"]) == {"minute": (2, 60), "day": (99, 86_400)}
    assert second.status_code == 404
    assert left(second.headers["ratelimit"])["minute"] == (1, 60)


def test_what_is_too_much_is_refused_with_what_to_do(client: TestClient, inner: Answering) -> None:
    answers = [client.get("/api/v1/releases") for _ in range(4)]

    refused = answers[-1]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert inner.asked == 3
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "60"
    assert left(refused.headers["ratelimit"])["minute"] == (0, 60)
    body = refused.json()
    assert (body["status"], body["code"], body["title"]) == (429, "rate_limited", "Too many requests")
    assert body["retry_after"] == 60
    assert body["ask_for_a_key"] == "https://readiness.example.org/keys/ask"
    assert "60 seconds" in body["detail"]


def test_a_minute_later_the_client_goes_on(rates: Rates, inner: Answering) -> None:
    with time_machine.travel(NOON, tick=False) as now, opened(CountedRequests(inner, rates)) as client:
        refused = [client.get("/api/v1/releases").status_code for _ in range(4)][-1]
        now.shift(timedelta(seconds=60))

        assert (refused, client.get("/api/v1/releases").status_code) == (429, 200)


def test_the_day_is_counted_as_well(known: Known, inner: Answering) -> None:
    few = Rates({**QUOTAS, Tier.ANONYMOUS: Quota(3, 4)}, known, cookie="session", ask_at="/keys/ask")
    with time_machine.travel(NOON, tick=False) as now, opened(CountedRequests(inner, few)) as client:
        statuses = []
        for _ in range(2):
            statuses += [client.get("/api/v1/releases").status_code for _ in range(3)]
            now.shift(timedelta(minutes=2))
        waits = client.get("/api/v1/releases").headers["retry-after"]

    assert statuses == [200, 200, 200, 200, 429, 429]
    assert int(waits) == 86_400 - 240


def test_pages_are_never_counted(client: TestClient) -> None:
    answers = [client.get("/reviews") for _ in range(10)]

    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[-1].headers


@pytest.mark.abuse("A3")
def test_one_network_is_one_client_and_headers_of_others_claims_count_nothing(rates: Rates, inner: Answering) -> None:
    """A3: only the server knows the peer, by a proxy that it trusts."""
    statuses = []
    for place, address in enumerate(["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4", "2001:db8:0:1::1"]):
        with opened(CountedRequests(inner, rates), address) as client:
            answer = client.get("/api/v1/releases", headers={"X-Forwarded-For": f"203.0.113.{place}"})
            statuses.append(answer.status_code)

    assert statuses == [200, 200, 200, 429, 200]


def test_a_key_has_its_own_count(client: TestClient, known: Known) -> None:
    for _ in range(4):
        client.get("/api/v1/releases")

    answers = [client.get("/api/v1/releases", headers={"Authorization": "Bearer good"}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[0].headers["ratelimit-policy"].startswith('"minute";q=5')
    assert known.asked == 1


def test_a_session_has_its_own_count(client: TestClient) -> None:
    answers = [client.get("/api/v1/me", headers={"Cookie": "theme=dark; session=open"}) for _ in range(4)]

    assert {answer.status_code for answer in answers} == {200}


def test_a_refusal_tells_nothing_of_others(client: TestClient) -> None:
    for _ in range(4):
        client.get("/api/v1/releases", headers={"Authorization": "Bearer good"})

    untouched = client.get("/api/v1/releases")

    assert left(untouched.headers["ratelimit"])["minute"] == (2, 60)


@pytest.mark.abuse("K10")
def test_bad_keys_are_counted_by_the_address_and_looked_up_so_often_only(rates: Rates, inner: Answering, known: Known) -> None:
    """K10."""
    with time_machine.travel(NOON, tick=False), opened(CountedRequests(inner, rates)) as client:
        statuses = [
            client.get("/api/v1/releases", headers={"Authorization": f"Bearer bad{place}"}).status_code
            for place in range(MOST_UNKNOWN + 20)
        ]

    assert statuses[:4] == [401, 401, 401, 429]
    assert set(statuses[4:]) == {429}
    assert inner.asked == 0
    assert known.asked == MOST_UNKNOWN


@pytest.mark.abuse("K10")
def test_a_thousand_wrong_keys_a_minute_are_not_looked_up_and_shut_no_neighbour_out(inner: Answering, known: Known) -> None:
    """The address may ask more than it has wrong keys, so that what is refused here is the wrong key alone."""
    wide = Rates({tier: Quota(5_000, 50_000) for tier in QUOTAS}, known, cookie="session", ask_at="/keys/ask")
    good = {"Authorization": "Bearer good"}
    with time_machine.travel(NOON) as now, opened(CountedRequests(inner, wide)) as client:
        assert client.get("/api/v1/releases", headers=good).status_code == 200
        wrong = [
            client.get("/api/v1/releases", headers={"Authorization": f"Bearer bad{place}"}).status_code for place in range(1_000)
        ]
        asked = known.asked
        now.shift(timedelta(seconds=6))  # the good one is not in memory as such any more
        others = [client.get("/api/v1/releases", headers=headers).status_code for headers in (good, {})]

    assert wrong == [401] * MOST_UNKNOWN + [429] * (1_000 - MOST_UNKNOWN)
    assert asked == 1 + MOST_UNKNOWN
    assert others == [200, 200]


def test_who_holds_the_newest_copy_pays_next_to_nothing(client: TestClient) -> None:
    unchanged = [client.get("/api/v1/answer-304", headers={"If-None-Match": '"a"'}) for _ in range(20)]

    after = client.get("/api/v1/releases")

    assert {answer.status_code for answer in unchanged} == {304}
    assert left(unchanged[-1].headers["ratelimit"]) == {"unchanged-minute": (10, 60), "unchanged-day": (980, 86_400)}
    assert left(after.headers["ratelimit"])["minute"] == (2, 60)


def test_a_made_up_copy_pays_in_full(client: TestClient) -> None:
    answers = [client.get("/api/v1/releases", headers={"If-None-Match": '"made-up"'}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


def test_a_whole_release_costs_more(known: Known, inner: Answering) -> None:
    wide = Rates({**QUOTAS, Tier.ANONYMOUS: Quota(100, 1_000)}, known, cookie="session", ask_at="/keys/ask")
    with time_machine.travel(NOON, tick=False), opened(CountedRequests(inner, wide)) as client:
        bundle = client.get("/api/v1/releases/apec/2026.1.0/bundle.zip")
        data = client.get("/sdmx/2.1/data/APEC,SCORES,1.0/all")
        one = client.get("/sdmx/2.1/data/APEC,SCORES,1.0/NZL.B1")

    assert [left(answer.headers["ratelimit"])["minute"][0] for answer in (bundle, data, one)] == [70, 60, 59]


@pytest.mark.parametrize(
    ("address", "cost"),
    [
        ("/sdmx/2.1/data/APEC,SCORES,1.0", 10),
        ("/sdmx/2.1/data/APEC,SCORES,1.0/all/all", 10),
        ("/sdmx/2.1/data/all,SCORES,1.0/.....", 10),
        ("/sdmx/2.1/data/all,SCORES,1.0/A.....", 10),
        ("/sdmx/2.1/data/all,SCORES,1.0/A.NZL....", 1),
        ("/sdmx/3.0/data/dataflow/*/bipa/2024.1.0", 10),
        ("/sdmx/3.0/data/dataflow/*/bipa/2024.1.0/*", 10),
        ("/sdmx/3.0/data/dataflow/*/bipa/2024.1.0/A.*.*.*", 10),
        ("/sdmx/3.0/data/dataflow/*/bipa/2024.1.0/*?c[FREQ]=A", 10),
        ("/sdmx/3.0/data/dataflow/*/bipa/2024.1.0/*?c[REF_AREA]=*", 10),
        ("/sdmx/3.0/data/dataflow/*/bipa/2024.1.0/*?c[REF_AREA]=NZL", 1),
        ("/sdmx/3.0/data/dataflow/*/bipa/2024.1.0?c%5BINDICATOR%5D=B1", 1),
        ("/sdmx/3.0/data/dataflow/*/bipa/2024.1.0/A.NZL", 1),
        ("/sdmx/3.0/structure/dataflow", 1),
    ],
)
def test_a_whole_flow_costs_more_however_it_is_written(known: Known, inner: Answering, address: str, cost: int) -> None:
    wide = Rates({**QUOTAS, Tier.ANONYMOUS: Quota(100, 1_000)}, known, cookie="session", ask_at="/keys/ask")
    with time_machine.travel(NOON, tick=False), opened(CountedRequests(inner, wide)) as client:
        assert left(client.get(address).headers["ratelimit"])["minute"][0] == 100 - cost


def test_what_is_unchanged_costs_nothing_also_where_memory_forgot_it(known: Known) -> None:
    async def tagged(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"etag", b'"one"'), (b"cache-control", b"public"), (b"content-length", b"4")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"body"})

    @dataclass
    class Stamp:
        value = 1
        is_due = False

        def refresh(self) -> None:
            """Nothing changes."""

    wide = Rates({**QUOTAS, Tier.ANONYMOUS: Quota(100, 1_000)}, known, cookie="session", ask_at="/keys/ask")
    settings, counts = Settings(base_url="http://testserver"), partial(wide.take, is_kept=True)
    address = "/api/v1/releases/apec/2026.1.0/bundle.zip"

    def ask(tag: str) -> httpx2.Response:
        # A new one each time: it remembers nothing.
        layer = Remembered(CountedRequests(tagged, wide), settings, Stamp(), ("/api/v1/releases",), counts)
        with opened(layer) as client:
            return client.get(address, headers={"If-None-Match": tag})

    with time_machine.travel(NOON, tick=False):
        unchanged, changed = ask('"one"'), ask('"other"')

    assert (unchanged.status_code, changed.status_code) == (304, 200)
    assert set(left(unchanged.headers["ratelimit"])) == {"unchanged-minute", "unchanged-day"}
    assert left(changed.headers["ratelimit"])["minute"][0] == 70


def test_a_faster_path_counts_for_itself_and_once(rates: Rates) -> None:
    async def kept(scope: Scope, receive: Receive, send: Send) -> None:
        taken = await rates.take(scope, is_kept=True)
        headers = taken.finish(200)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def outermost(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await rates.take(scope, is_kept=True)
            await CountedRequests(kept, rates)(scope, receive, send)

    with time_machine.travel(NOON, tick=False), opened(outermost) as client:
        answer = client.get("/api/v1/releases")

    assert left(answer.headers["ratelimit"]) == {"unchanged-minute": (29, 60), "unchanged-day": (999, 86_400)}


def test_use_is_counted_by_key_and_family(client: TestClient, rates: Rates) -> None:
    shown = {"Authorization": "Bearer good"}
    for path in ("/api/v1/releases", "/api/v1/answer-304", "/sdmx/2.1/dataflow", "/api/v1/releases", "/api/v1/releases"):
        client.get(path, headers=shown)
    client.get("/api/v1/releases", headers=shown)
    client.get("/api/v1/releases")

    counted = rates.tally.drain()

    assert counted == {
        (KEY, "releases"): Counted(4, 0, 1),
        (KEY, "other"): Counted(1, 1, 0),
        (KEY, "sdmx"): Counted(1, 0, 0),
    }
    assert rates.tally.drain() == {}


def test_what_could_not_be_written_is_counted_again(rates: Rates) -> None:
    rates.tally.count(KEY, "releases", is_light=False, is_refused=False)
    counted = rates.tally.drain()
    rates.tally.count(KEY, "releases", is_light=True, is_refused=False)

    rates.tally.put_back(counted)

    assert rates.tally.drain() == {(KEY, "releases"): Counted(2, 1, 0)}


def test_switched_off_nothing_is_refused_and_use_is_still_counted(known: Known, inner: Answering) -> None:
    off = Rates(QUOTAS, known, cookie="session", ask_at="/keys/ask", is_on=False)
    with opened(CountedRequests(inner, off)) as client:
        answers = [client.get("/api/v1/releases", headers={"Authorization": "Bearer good"}) for _ in range(9)]

    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers
    assert off.tally.drain() == {(KEY, "releases"): Counted(9, 0, 0)}


def test_families_are_a_closed_list() -> None:
    assert [family_of(path) for path in ("/api/v1/releases/x", "/sdmx/3.0/data", "/api/v1/<script>", "/api", "/api/v1/me")] == [
        "releases",
        "sdmx",
        "other",
        "other",
        "me",
    ]


def test_memory_has_an_upper_bound() -> None:
    windows = Windows(most=10)
    for place in range(100):
        windows.count(f"client {place}", 60)

    assert len(windows) <= 10
    assert windows.get("client 99")[0] == 1


@pytest.mark.parametrize("tier", ["ANONYMOUS", "STANDARD", "LARGE"])
def test_a_day_allows_at_least_what_a_minute_allows(monkeypatch: pytest.MonkeyPatch, tier: str) -> None:
    monkeypatch.setenv(f"READINESS_RATE_{tier}_MINUTE", "50")
    monkeypatch.setenv(f"READINESS_RATE_{tier}_DAY", "49")

    with pytest.raises(ValueError, match=f"READINESS_RATE_{tier}_DAY"):
        Settings()


def test_an_analyst_who_pulls_everything_stays_far_below_the_usual_limits() -> None:
    """Twenty-one economies, ten requests each, and a hundred for all of it, within a minute and without a key."""
    quota = quotas_of(Settings())[Tier.ANONYMOUS]

    assert 21 * 10 + 100 <= quota.per_minute <= quota.per_day / 20


async def _nobody(_shown: Credential) -> Client | None:
    return None


def test_counting_costs_next_to_nothing(settings: Settings) -> None:
    """The goal is 20 microseconds; a busy machine gets five times as much, and a thread or a statement would not fit in."""
    rates = open_rates(
        settings.model_copy(update={"rate_limits": True, "rate_anonymous_minute": 10**6, "rate_anonymous_day": 10**6}), _nobody
    )

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(2_000):
            one = {**scope, "state": {}, "path": "/api/v1/releases/apec/2026.1.0/scores"}
            (await rates.take(one)).finish(200)

    async def send(_message: Message) -> None: ...

    began = time.process_time()
    with pytest.raises(StopIteration):
        answered(
            {"type": "http", "headers": [(b"host", b"x"), (b"accept", b"*/*")], "client": ("192.0.2.1", 1)}, _nothing, send
        ).send(None)
    spent = (time.process_time() - began) / 2_000

    assert spent < 100e-6, json.dumps(spent)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
