"""Charts: drawn once, in every appearance, with everything in words that they show by place and shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.web.charts import drawing
from app.web.charts.distribution import Distribution, Spread
from app.web.charts.drawing import Chart, Plot, Words, drawn
from app.web.charts.figure import Content, Figure, Origin
from app.web.charts.intervals import Backdrop, Interval, Intervals
from app.web.charts.lines import MOST_LINES
from app.web.charts.looks import THEMES, Look, Theme
from app.web.charts.profiles import Bar, Profiles
from app.web.charts.standings import Panel, Standing, Standings

NAMES = ("Hong Kong, China", "People's Republic of China", "Papua New Guinea", "Chinese Taipei")
LINES = tuple(Interval(name, 40.0 + k, 30.0 + k, 50.0 + k, None, None, f"{40 + k}.0") for k, name in enumerate(NAMES))
ORIGIN = Origin("2026.1.0", "review", "2026", "CC BY 4.0", "Demonstration data")
KINDS: dict[str, Chart] = {
    "distribution": Distribution((Spread("A pillar", 20, 30, 40, 10, 50, "30.0"), Spread("Another", reason="Not shown")), 100),
    "intervals": Intervals((*LINES, Interval("Nowhere", reason="Not answered")), 100, Backdrop(30, 40, 50)),
    "profiles": Profiles(("One", "Another"), tuple((name, (Bar(50, 40, 60, "50.0"), Bar())) for name in NAMES), 100),
}


class Counted:
    """A chart that counts how often it is drawn; all of them show the same."""

    def __init__(self) -> None:
        self.times = 0

    def __repr__(self) -> str:
        return "the same"

    def plot(self, look: Look) -> Plot:
        self.times += 1
        return KINDS["distribution"].plot(look)


@pytest.fixture(autouse=True)
def nothing_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_cache", type(drawing._cache)())


def texts(svg: bytes) -> list[str]:
    return re.findall(r"<(?:text|tspan)[^>]*>([^<]+)<", svg.decode())


def test_the_same_figure_is_drawn_once_whoever_asks_meanwhile() -> None:
    chart = Counted()

    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda _: drawn(chart, Words("Title"), Look()), range(8)))

    assert chart.times == 1
    assert len(set(pictures)) == 1


def test_what_is_kept_of_pictures_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_MOST_BYTES", 30_000)

    for place in range(8):
        drawn(KINDS["distribution"], Words(f"Title {place}"), Look())

    assert sum(map(len, drawing._cache.values())) <= 30_000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_a_picture_says_its_title_notes_and_source(kind: str, theme: str, width: str) -> None:
    words = Words("What it shows", ("Demonstration data",), "A release, 2026. CC BY 4.0.")

    svg = drawn(KINDS[kind], words, Look(theme, width))  # type: ignore[arg-type]  # names of the tables above
    found, said = texts(svg), "<title>What it shows</title><desc>Demonstration data A release, 2026. CC BY 4.0.</desc>"

    assert f' role="img">{said}'.encode() in svg.split(b"<rect", 1)[0]
    assert {"What it shows", "Demonstration data", "A release, 2026. CC BY 4.0."} <= set(found)


@pytest.mark.parametrize("is_narrow", [False, True])
def test_names_stand_in_the_order_given_whatever_is_missing(*, is_narrow: bool) -> None:
    lines = (Interval("Last", reason="Not answered"), *LINES, Interval("First", 1.0, 0.5, 2.0, None, None, "1.0"))

    found = texts(drawn(Intervals(lines, 100), Words(), Look(width="narrow" if is_narrow else "wide")))

    assert _in_order(["Last", *NAMES, "First"], [each.replace("&#39;", "'") for each in found])


@pytest.mark.parametrize("value", [2.0, 50.0, 98.0])
def test_on_a_phone_no_figure_stands_over_a_name(value: float) -> None:
    """Names stand above their lines there, and so a figure stands below its mark."""
    names = [f"{name} {place}" for place, name in enumerate(NAMES)]
    charts: dict[str, Chart] = {
        "intervals": Intervals(tuple(Interval(name, value, score_words="here") for name in names), 100),
        "standings": Standings((Panel("", tuple(Standing(name, value, score_words="here") for name in names)),), 100),
        "distribution": Distribution(tuple(Spread(name, 1, value, 99, median_words="here") for name in names), 100),
    }

    for kind, chart in charts.items():
        placed = _heights(drawn(chart, Words(), Look(width="narrow")))
        gaps = [abs(name - figure) for name in placed["name"] for figure in placed["here"]]
        assert len(placed["name"]) == len(placed["here"]) == len(NAMES), kind
        assert min(gaps) >= 20, kind  # they are set in 13 and 12 pixels


def _heights(svg: bytes) -> dict[str, list[float]]:
    """Return how low each name and each figure stands in a picture."""
    found: dict[str, list[float]] = {"name": [], "here": []}
    for height, text in re.findall(r"<text[^>]*translate\([-\d.]+,([-\d.]+)\)[^>]*>([^<]+)<", svg.decode()):
        if text == "here":
            found["here"].append(float(height))
        elif re.search(r" \d$", text):
            found["name"].append(float(height))
    return found


def test_reasons_stand_where_nothing_is_drawn() -> None:
    assert "Not shown" in texts(drawn(KINDS["distribution"], Words(), Look()))
    assert "Not answered" in texts(drawn(KINDS["intervals"], Words(), Look()))


def test_whiskers_are_drawn_only_where_the_ends_are_shown() -> None:
    with_ends = drawn(Distribution((Spread("A", 20, 30, 40, 10, 50),), 100), Words(), Look())
    without = drawn(Distribution((Spread("A", 20, 30, 40),), 100), Words(), Look())

    assert b'stroke-width="1.5"' in with_ends
    assert b'stroke-width="1.5"' not in without


def test_equal_labels_keep_lines_of_their_own() -> None:
    twice = (Interval("Namesake", 10.0, score_words="10.0"), Interval("Namesake", 90.0, score_words="90.0"))

    found = texts(drawn(Intervals(twice, 100), Words(), Look()))

    assert found.count("Namesake") == 2
    assert {"10.0", "90.0"} <= set(found)


def test_right_to_left_names_stand_at_the_right() -> None:
    chart = KINDS["distribution"]

    left, right = (drawn(chart, Words("Title"), Look(is_right_to_left=mirrored)).decode() for mirrored in (False, True))

    assert 'text-anchor="end"' not in _tag_of("Title", left)
    assert 'text-anchor="end"' in _tag_of("Title", right)
    assert 'text-anchor="end"' in _tag_of("A pillar", left)
    assert 'text-anchor="start"' in _tag_of("A pillar", right)


def test_a_chart_of_more_economies_than_a_page_shows_is_cut() -> None:
    many = tuple(Interval(f"Economy {place}", 1.0) for place in range(MOST_LINES + 5))

    found = texts(drawn(Intervals(many, 100), Words(), Look()))

    assert f"Economy {MOST_LINES - 1}" in found
    assert f"Economy {MOST_LINES}" not in found


def test_a_png_is_sharp_and_has_a_ground() -> None:
    png = drawn(KINDS["distribution"], Words("T"), Look(), "png")

    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) > 1_200


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_shapes_can_be_told_apart_in_grey(theme: Theme) -> None:
    """Ink and edges stand out from the ground and from fills, by luminance alone."""
    for mark in (theme.ink, theme.quiet, theme.edge):
        assert _contrast(mark, theme.ground) >= 4.5
    assert _contrast(theme.ink, theme.fill) >= 4.5
    assert _contrast(theme.ink, theme.shade) >= 4.5
    assert _contrast(theme.edge, theme.fill) >= 2


def test_a_figure_names_its_files_and_how_to_cite_it() -> None:
    content = Content("A title", KINDS["distribution"], "alt", "how", "A release, 2026.", (), (), (), (), ORIGIN)

    figure = Figure(
        content, "spread", "/figures/spread", {"release": "2026.1.0", "group": ""}, "https://x.example/page?release=1"
    )

    assert figure.picture() == "/figures/spread.svg?release=2026.1.0"
    assert figure.picture("dark", "narrow") == "/figures/spread.svg?release=2026.1.0&theme=dark&width=narrow"
    assert [href.split("?")[0].rpartition(".")[2] for _, href in figure.downloads] == ["svg", "png", "svg", "csv"]
    assert figure.citation == "A title. In: A release, 2026. https://x.example/page?release=1#spread"


def _tag_of(text: str, svg: str) -> str:
    return svg[: svg.rindex(f">{text}<")].rpartition("<text")[2]


def _in_order(wanted: Sequence[str], found: Sequence[str]) -> bool:
    places = [found.index(each) for each in wanted]
    return places == sorted(places)


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""
    first, second = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
