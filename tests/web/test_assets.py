"""Static files are served under their content's hash, and nothing else is served."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.web.assets import Assets


def test_a_file_under_the_current_hash_is_kept_for_a_year(client: TestClient, assets: Assets) -> None:
    answer = client.get(assets.asset("css/base.css"))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.text == "body { color: black }"


def test_a_file_under_an_older_hash_is_the_current_one_kept_briefly(client: TestClient) -> None:
    answer = client.get("/static/0123/css/base.css")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"


def test_a_file_that_the_browser_has_is_not_sent_again(client: TestClient, assets: Assets) -> None:
    tag = client.get(assets.asset("css/base.css")).headers["etag"]

    answer = client.get(assets.asset("css/base.css"), headers={"If-None-Match": tag})

    assert answer.status_code == 304
    assert answer.content == b""


@pytest.mark.abuse("J15")
def test_ranges_are_ignored(client: TestClient, assets: Assets) -> None:
    ranges = "bytes=" + ",".join(f"{start}-{start}" for start in range(1_000))

    assert client.get(assets.asset("css/base.css"), headers={"Range": ranges}).status_code == 200


@pytest.mark.parametrize(
    "path", [".hidden", "link.txt", "../outside.txt", "css", "", "css/../.hidden", "/etc/passwd", "CSS/base.css"]
)
def test_what_is_not_a_static_file_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(f"/static/x/{path}").status_code in {400, 404}


def test_a_static_file_only_answers_to_reading(client: TestClient, assets: Assets) -> None:
    assert client.put(assets.asset("css/base.css"), headers={"Origin": "http://127.0.0.1:8000"}).status_code == 405


def test_any_change_gives_every_file_a_new_address(static: Path) -> None:
    before = Assets(static).asset("css/base.css")

    (static / "new.js").write_text("")

    assert Assets(static).asset("css/base.css") != before


def test_a_template_cannot_name_a_file_that_is_not_there(assets: Assets) -> None:
    with pytest.raises(LookupError):
        assets.asset("css/gone.css")
