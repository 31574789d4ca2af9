"""Pages print text as text, values as people write them, and a flash message once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from starlette.requests import Request
from starlette.testclient import TestClient

from app.web.filters import day, markdown, moment, score
from app.web.flash import register_flash, see_other
from app.web.i18n import direction
from app.web.paths import own_path
from app.web.templating import Templates, template_folders
from tests.web.sample import OWN


@pytest.mark.abuse("X4", "X5")
@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{7*7}}", "{% include 'x' %}", "${7*7}", "\"'>", "\u2028</script>"]
)
def test_text_is_printed_literally(client: TestClient, text: str) -> None:
    answer = client.get("/page", params={"q": text})

    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert "49" not in answer.text


def test_a_name_that_the_context_lacks_is_an_error(templates: Templates, app_dir: Path) -> None:
    (app_dir / "web/templates/gap.html").write_text("{{ nothing }}")

    with pytest.raises(UndefinedError):
        templates.text("gap.html")


def test_a_mail_in_plain_text_is_not_escaped(templates: Templates, app_dir: Path) -> None:
    (app_dir / "web/templates/mail.txt").write_text("{{ name }}")

    assert templates.text("mail.txt", name="R&D") == "R&D"


def test_the_web_room_s_templates_come_first(app_dir: Path) -> None:
    assert [folder.parent.name for folder in template_folders(app_dir)] == ["web", "tests"]


def test_marked_texts_take_values_that_are_escaped(templates: Templates, app_dir: Path) -> None:
    (app_dir / "web/templates/marked.html").write_text(
        "{{ _('Hello %(name)s', name=who) }}{% trans n=2 %}one{% pluralize %}{{ n }}{% endtrans %}"
    )

    assert templates.text("marked.html", who="<b>") == "Hello &lt;b&gt;2"


def test_a_flash_message_is_shown_once(client: TestClient) -> None:
    saved = client.post("/page", data={"a": "1"}, headers=OWN)
    first, second = client.get("/page"), client.get("/page")

    assert "flash=tests.saved; HttpOnly; Max-Age=60; Path=/; SameSite=lax" in saved.headers["set-cookie"]
    assert "Your answers were saved." in first.text
    assert "Your answers were saved." not in second.text


def test_an_unknown_flash_code_shows_nothing_and_is_cleared(client: TestClient) -> None:
    answer = client.get("/page", headers={"Cookie": "flash=<script>"})

    assert "script" not in answer.text
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_a_flash_code_has_one_meaning() -> None:
    register_flash("tests.saved", "success", "Your answers were saved.")

    with pytest.raises(ValueError, match="already taken"):
        register_flash("tests.saved", "error", "Something else.")


def test_a_flash_code_must_be_registered() -> None:
    with pytest.raises(ValueError, match="never registered"):
        see_other(Request({"type": "http", "headers": []}), "/", flash="tests.unknown")


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (62.5, 0, "63"),
        (2.5, 0, "3"),
        (0.125, 2, "0.13"),
        (1.005, 2, "1.01"),
        (99.95, 1, "100.0"),
        (-0.04, 1, "0.0"),
        (-2.5, 0, "-3"),
        (7, 1, "7.0"),
        (1e-9, 1, "0.0"),
        (Decimal("33.35"), 1, "33.4"),
        (1e21, 0, "1000000000000000000000"),
    ],
)
def test_a_score_is_rounded_half_up_from_the_digits_that_people_see(value: float, decimals: int, printed: str) -> None:
    assert score(value, decimals) == printed


def test_times_are_printed_in_utc() -> None:
    manila = timezone(timedelta(hours=8))

    assert moment(datetime(2026, 11, 21, 14, 2, tzinfo=UTC)) == "21 Nov 2026, 14:02 UTC"
    assert moment(datetime(2026, 11, 22, 3, 2, tzinfo=manila)) == "21 Nov 2026, 19:02 UTC"
    assert day(datetime(2026, 11, 22, 3, 2, tzinfo=manila)) == "21 Nov 2026"
    assert day(date(2026, 1, 2)) == "2 Jan 2026"


@pytest.mark.abuse("X2")
@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](data:text/html;base64,PHN2Zz4=)",
        "[a](vbscript:x)",
        "[a](//evil.example)",
        "[a](/own)",
        "![beacon](https://evil.example/x.png)",
        "[a]: javascript:alert(1)\n\n[a]",
        "<javascript:alert(1)>",
        "# Heading",
        "Heading\n=======",
        "<h1 onclick=x>x</h1>",
    ],
)
def test_markdown_makes_no_script_no_picture_no_heading_and_no_odd_link(text: str) -> None:
    html = markdown(text)

    assert not any(
        mark in html for mark in ("<script", "<img", "<h1", 'href="j', 'href="J', 'href="d', 'href="v', 'href="/', "<a onclick")
    )


@pytest.mark.abuse("X2")
def test_markdown_keeps_what_help_texts_need() -> None:
    html = markdown("**Strong** and *soft*\n\n- [a guide](https://example.org/x)\n- <https://example.org>\n- <me@example.org>")

    assert "<strong>Strong</strong> and <em>soft</em>" in html
    assert '<a href="https://example.org/x" rel="noopener nofollow">a guide</a>' in html
    assert 'href="mailto:me@example.org"' in html


@pytest.mark.abuse("X8")
@pytest.mark.parametrize(
    "path",
    ["//e", "/\\e", "https:e", "https://e", "/a\r\nb", "/a\\b", "", "a", "/\te", "/" + "a" * 3_000, "/\u00e9", "\\/e", " /a"],
)
def test_a_path_that_leads_elsewhere_leads_to_the_start(path: str) -> None:
    assert own_path(path) == "/"


@pytest.mark.parametrize("path", ["/", "/reviews/1?a=b&c=%20", "/a#b"])
def test_an_own_path_stays(path: str) -> None:
    assert own_path(path) == path


def test_languages_know_their_direction() -> None:
    assert (direction("en"), direction("ar"), direction("fa-AF")) == ("ltr", "rtl", "rtl")
