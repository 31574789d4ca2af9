"""The pages on which people look closer: what they show, refuse, and keep to themselves."""

from __future__ import annotations

import csv
import io
import re
from uuid import UUID

import pytest
from sqlalchemy import text

from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.main import create_app
from tests.databases import only_sqlite
from tests.releases.conftest import LATER, PEERS, PUBLIC
from tests.scenarios import APEC, CODE, CYCLE, Client, Scene

pytestmark = only_sqlite

BASE = f"/benchmarks/{CODE}/{CYCLE}"
TRIED = f"weight.A=75&weight.B=25&economy={PUBLIC[1]}&economy={PUBLIC[0]}"


@pytest.fixture
def reader(released: Scene, settings: Settings) -> Client:
    """Open the program as somebody who is not signed in."""
    return Client(create_app(settings, released.database))


def said(page: str) -> str:
    """Return the words of a page's main part, with what differs from request to request left out."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main).split("If you ask for help", 1)[0])


def table(reader: Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reader.get(path).text)))


def test_a_profile_shows_scores_intervals_and_the_group(reader: Client) -> None:
    page = reader.get(f"{BASE}/economies/{PUBLIC[0]}")

    words = said(page.text)
    assert page.status_code == 200
    assert "<h1>Australia</h1>" in page.text
    for expected in ("Rules", "Means", "As answered", "Supported by evidence", "Interval", "Release 2026.1.0"):
        assert expected in words


def test_a_profile_that_is_not_there_says_the_same_whatever_the_reason(
    reader: Client, released: Scene, reviews: dict[str, UUID]
) -> None:
    released.consent(PUBLIC[1], reviews[PUBLIC[1]], Audience.PRIVATE)

    asked = (PUBLIC[1], PEERS[0], APEC[20], "XXX")
    answers = [reader.get(f"{BASE}/economies/{economy}{ending}") for ending in ("", "/profile.svg") for economy in asked]

    assert {answer.status_code for answer in answers} == {404}
    assert len({said(answer.text) for answer in answers[:4]}) == 1
    assert len({said(answer.text) for answer in answers[4:]}) == 1


def test_sections_that_are_not_shown_are_said_in_one_sentence_that_gives_no_reason(
    reader: Client, released: Scene, reviews: dict[str, UUID]
) -> None:
    private, peers = PUBLIC[2], PUBLIC[3]
    released.consent(private, reviews[private], Audience.PRIVATE, "B")
    released.consent(peers, reviews[peers], Audience.PEERS, "B")

    pages = [said(reader.get(f"{BASE}/economies/{economy}").text) for economy in (private, peers)]

    sentence = "Not shown here: Readiness, Means. Every economy decides what it answers and what it shows."
    assert all(sentence in page for page in pages)


def test_the_files_of_a_figure_hold_the_numbers_of_the_release(reader: Client) -> None:
    rows = table(reader, f"{BASE}/economies/{PUBLIC[0]}/profile.csv?release=2026.1.0")
    kinds = [reader.get(f"{BASE}/economies/{PUBLIC[0]}/profile.{ending}").headers["content-type"] for ending in ("svg", "png")]

    assert [row["node"] for row in rows] == ["ALL", "A", "B"]
    assert all(float(row["lower"]) <= float(row["score"]) <= float(row["upper"]) for row in rows)
    assert kinds == ["image/svg+xml", "image/png"]


def test_files_that_hold_an_economys_own_figures_are_asked_for_again(reader: Client) -> None:
    """A withdrawal must be able to reach every cache, also of an old release."""
    for path in (f"economies/{PUBLIC[0]}/profile.svg", f"compare.csv?economy={PUBLIC[0]}", f"what-if.csv?{TRIED}"):
        cached = reader.get(f"{BASE}/{path}").headers["cache-control"]
        assert "must-revalidate" in cached
        assert "immutable" not in cached


def test_comparing_begins_with_a_choice_and_its_address_keeps_it(reader: Client) -> None:
    empty = reader.get(f"{BASE}/compare")
    chosen = reader.get(f"{BASE}/compare?economy={PUBLIC[1]}&economy={PUBLIC[0]}&group=APEC")

    assert "Choose whom to put side by side" in said(empty.text)
    assert "<img" not in empty.text.split("<main", 1)[1]
    assert f'value="{PEERS[0]}"' not in empty.text
    assert chosen.status_code == 200
    assert f"compare?economy={PUBLIC[0]}&amp;economy={PUBLIC[1]}&amp;group=APEC&amp;release=2026.1.0" in chosen.text
    assert len(re.findall(r'name="economy"[^>]*checked', re.sub(r"\s+", " ", chosen.text))) == 2


def test_a_choice_that_cannot_be_shown_is_refused_in_words(reader: Client) -> None:
    refused = {
        "&".join(f"economy={code}" for code in PUBLIC[:7]): "You chose 7 economies. Choose 6 at most",
        f"economy={PEERS[0]}": "shows no scores in this release",
        "economy=XXX": "shows no scores in this release",
        "group=nobody": "has no figures in this release",
    }

    for query, words in refused.items():
        page = reader.get(f"{BASE}/compare?{query}")
        assert page.status_code == 422
        assert words in said(page.text)
        assert 'href="#economy"' in page.text or 'href="#group"' in page.text


def test_weights_that_are_none_are_named_at_their_field(reader: Client) -> None:
    someone = f"economy={PUBLIC[0]}"
    page = reader.get(f"{BASE}/what-if?weight.A=much&weight.B=10&{someone}")
    nothing = reader.get(f"{BASE}/what-if?weight.A=0&weight.B=0&{someone}")
    beyond = reader.get(f"{BASE}/what-if?weight.A=1e3&weight.B=101&{someone}")

    assert {page.status_code, nothing.status_code, beyond.status_code} == {422}
    assert 'id="weight-A-error"' in page.text
    assert 'id="weight-B-error"' not in page.text
    assert "Give at least one part a weight above 0." in said(nothing.text)
    assert 'value="much"' in page.text
    assert "Rules: Write a number from 0 to 100" in said(page.text)


def test_a_what_if_says_that_it_is_nobodys_score_and_is_not_listed(reader: Client) -> None:
    page = reader.get(f"{BASE}/what-if?{TRIED}")
    picture = reader.get(f"{BASE}/what-if.svg?{TRIED}")

    assert page.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.text
    assert "Your what-if, not an official score" in said(page.text)
    assert "Rules 75 %; Means 25 %" in said(page.text)
    assert "set-cookie" not in page.headers
    assert "Your what-if, not an official score" in picture.text


def test_a_what_if_computes_nothing_before_weights_and_economies_are_sent(reader: Client) -> None:
    first = reader.get(f"{BASE}/what-if")
    only_someone = reader.get(f"{BASE}/what-if?economy={PUBLIC[0]}")
    only_weights = reader.get(f"{BASE}/what-if?weight.A=75&weight.B=25")
    files = [reader.get(f"{BASE}/what-if.csv{query}") for query in ("", f"?economy={PUBLIC[0]}", "?weight.A=1&weight.B=1")]

    for page in (first, only_someone, only_weights):
        assert "<img" not in page.text.split("<main", 1)[1]
        assert "<table" not in page.text.split("<main", 1)[1]
    assert (first.status_code, only_someone.status_code, only_weights.status_code) == (200, 200, 422)
    assert "Choose at least one economy" in said(only_weights.text)
    assert {file.status_code for file in files} == {422}


def test_a_what_if_is_of_chosen_economies_only_and_of_no_more_than_can_be_read(reader: Client) -> None:
    rows = table(reader, f"{BASE}/what-if.csv?{TRIED}")
    many = "&".join(f"economy={code}" for code in PUBLIC[:7])
    refused = {
        f"weight.A=1&weight.B=1&{many}": "Choose 6 at most",
        f"weight.A=1&weight.B=1&economy={PEERS[0]}": "shows no scores in this release",
    }

    assert [row["economy"] for row in rows] == list(PUBLIC[:2])
    for query, words in refused.items():
        page = reader.get(f"{BASE}/what-if?{query}")
        assert page.status_code == 422
        assert words in said(page.text)


def test_a_what_if_says_how_much_of_its_parts_was_answered_and_that_it_has_no_interval(reader: Client) -> None:
    page = said(reader.get(f"{BASE}/what-if?{TRIED}").text)
    rows = table(reader, f"{BASE}/what-if.csv?{TRIED}")

    assert "There is no interval: how sure it is was not computed." in page
    assert re.search(r"Rules \d+ %; Means \d+ %", page)
    assert all(0 < float(row["coverage_A"]) <= 1 and float(row["weight_A"]) == 0.75 for row in rows)
    assert {row["status"] for row in rows} == {"what-if of one reader, not an official score"}


def test_a_what_if_with_the_published_weights_gives_the_published_scores(reader: Client) -> None:
    rows = table(reader, f"{BASE}/what-if.csv?weight.A=1&weight.B=1&economy={','.join(PUBLIC[:6])}")

    assert [row["economy"] for row in rows] == list(PUBLIC[:6])
    assert [float(row["what_if"]) for row in rows] == pytest.approx([float(row["official"]) for row in rows], abs=1e-9)


def test_the_numbers_of_every_figure_say_where_they_are_from_and_have_a_name(reader: Client) -> None:
    files = {
        f"economies/{PUBLIC[0]}/profile.csv": f"{CODE}-2026.1.0-profile-{PUBLIC[0]}.csv",
        f"compare.csv?economy={PUBLIC[1]},{PUBLIC[0]}&group=APEC": f"{CODE}-2026.1.0-compare-{PUBLIC[0]}-{PUBLIC[1]}-APEC.csv",
        f"what-if.csv?{TRIED}": f"{CODE}-2026.1.0-what-if-{PUBLIC[0]}-{PUBLIC[1]}.csv",
        "figures/distribution.csv": f"{CODE}-2026.1.0-distribution-ALL-self-APEC.csv",
        "figures/profiles.csv": f"{CODE}-2026.1.0-profiles-ALL-self.csv",
        "figures/indicator.csv?node=A": f"{CODE}-2026.1.0-indicator-A-self.csv",
    }

    for path, name in files.items():
        answer = reader.get(f"{BASE}/{path}")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert rows
        assert {(row["release"], row["questionnaire"], row["cycle"]) for row in rows} == {("2026.1.0", CODE, CYCLE)}
        assert {row["licence"] for row in rows} == {"CC BY 4.0"}
        assert all("notice" in row for row in rows)


def test_a_comparison_says_who_is_higher_of_one_economy_at_a_time(reader: Client) -> None:
    """All pairs together would spell out an order of all."""
    chosen = "&".join(f"economy={code}" for code in PUBLIC[:4])
    first, other = (reader.get(f"{BASE}/compare?{chosen}{more}").text for more in ("", f"&beside={PUBLIC[2]}"))
    names = [re.search(rf'value="{code}"[^>]*>\s*<label[^>]*>([^<]+)<', first) for code in PUBLIC[:4]]
    a, _b, c, _d = (found.group(1).strip() for found in names if found)

    for page, name in ((first, a), (other, c)):
        section = said(page).split("What may be said of", 1)[1].split("Each of them", 1)[0]
        sentences = re.findall(
            r"[^.:;]+ scores higher than [^.]+\.|[^;:.]+ and [^;:.]+(?=[;.])", section.split("told apart.", 1)[1]
        )
        assert sentences
        assert all(name in sentence for sentence in sentences)
    assert f"beside={PUBLIC[2]}" in first


def test_the_table_of_a_comparison_holds_what_its_figure_shows(reader: Client) -> None:
    page = reader.get(f"{BASE}/compare?economy={PUBLIC[0]}&group=APEC").text

    for head in ("Score", "Nine times in ten", "Answered", "Missing answers could move it", "Band", "Evidence"):
        assert f">{head}</th>" in page
    assert "half of the economies between" in said(page)
    assert "replicates" not in said(page)


def test_the_first_cycle_has_no_change_and_says_so(reader: Client) -> None:
    page = reader.get(f"{BASE}/change")

    assert page.status_code == 200
    assert "No earlier cycle yet" in said(page.text)
    assert reader.get(f"{BASE}/change.svg").status_code == 404
    assert reader.get(f"{BASE}/change?from=1999").status_code == 404


def test_change_shows_economies_that_are_public_in_both_cycles(two_cycles: Scene, settings: Settings) -> None:
    reader = Client(create_app(settings, two_cycles.database))

    page = reader.get(f"/benchmarks/{CODE}/{LATER}/change")
    rows = table(reader, f"/benchmarks/{CODE}/{LATER}/change.csv?from={CYCLE}")

    assert page.status_code == 200
    assert {row["economy"] for row in rows} == set(PUBLIC[1:])
    assert "Not told: it may be made of other economies" in said(page.text)


def test_figures_of_others_are_dated_and_sourced_and_a_missing_one_is_said(reader: Client, released: Scene) -> None:
    none = reader.get(f"{BASE}/references")
    released.load_references()
    page = reader.get(f"{BASE}/references?series=MS_AI_DIFFUSION")

    assert "holds no figures of other institutions" in said(none.text)
    for expected in ("Source:", "Licence", "MIT", "2026-Q1", "No figure", "never mixed into a score"):
        assert expected in said(page.text)
    assert reader.get(f"{BASE}/references?series=nonsense").status_code == 404


def test_an_unknown_release_is_not_found(reader: Client) -> None:
    answers = {
        (page, number): reader.get(f"{BASE}/{page}?release={number}").status_code
        for page in ("economies/AUS", "compare", "change", "what-if", "references")
        for number in ("2026.9.0", "2025.1.0", "nonsense", "latest")
    }

    assert set(answers.values()) == {404}


def test_where_nothing_is_missing_missing_answers_move_nothing(reader: Client) -> None:
    profile = said(reader.get(f"{BASE}/economies/{PUBLIC[0]}").text)
    (row,) = (row for row in table(reader, f"{BASE}/economies/{PUBLIC[0]}/profile.csv") if row["node"] == "A")

    assert float(row["coverage"]) == 1
    assert "Not at all" in profile
    assert "Hardly" not in profile


def test_figures_of_another_institution_are_nobodys_own_words(reader: Client, released: Scene) -> None:
    with released.database.write() as session:
        session.execute(text("UPDATE cycle SET holds_own_answers = :no"), {"no": False})

    pages = {
        path: said(reader.get(f"/benchmarks{path}").text)
        for path in (
            "",
            *(f"/{CODE}/{CYCLE}{below}" for below in ("", "/compare", f"/economies/{PUBLIC[0]}", "/indicators/A", "/references")),
        )
    }

    for path, page in pages.items():
        for words in ("show their scores", "shows its scores", "chose to show", "As answered A", "as answered", "elf-reported"):
            assert words not in page, (path, words)
    assert "Figures of another institution on 14 economies" in pages[f"/{CODE}/{CYCLE}"]
