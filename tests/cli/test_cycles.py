"""Cycles from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import Settings
from tests.cli.conftest import Run

OPEN = ("cycle", "open", "small", "2031", "--title", "Pilot", "--closes-on", "2031-06-30")


@pytest.fixture
def published(command: Run, migrated: Settings, small: Path) -> Run:
    command("questionnaire", "publish", small)
    return command


def test_a_cycle_is_opened_extended_closed_and_opened_again(published: Run) -> None:
    opened = published(*OPEN)
    extended = published("cycle", "extend", "small", "2031", "--closes-on", "2031-07-31", "--reason", "Asked for.")
    closed = published("cycle", "close", "small", "2031")
    reopened = published("cycle", "reopen", "small", "2031", "--reason", "A mistake.")

    assert opened.stdout == "small 2031  Pilot  open, closing day 2031-06-30\n"
    assert extended.stdout == "small 2031  Pilot  open, closing day 2031-07-31\n"
    assert closed.stdout == "small 2031  Pilot  closed, closing day 2031-07-31\n"
    assert reopened.stdout == "small 2031  Pilot  open\n"
    assert published("cycle", "list").stdout == reopened.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("open", "nothing", "2031"), "questionnaire: unknown_questionnaire: "),
        (("open", "small", "2032", "--closes-on", "soon"), "closes_on: not_a_date: "),
        (("extend", "small", "2031", "--closes-on", "2031-07-31", "--reason", ""), "reason: missing: "),
        (("extend", "small", "2031", "--closes-on", "2031-06-30", "--reason", "Why not."), "closes_on: unchanged: "),
        (("reopen", "small", "2031", "--reason", "Why not."), "The cycle 2031 is open already."),
        (("close", "small", "2099"), "There is no such cycle. `readiness cycle list` shows them"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(published: Run, words: tuple[str, ...], said: str) -> None:
    published(*OPEN)

    assert said in published("cycle", *words, code=1).stderr
