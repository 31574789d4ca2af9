"""What an address, a name and a password must be: rules, each said in words that help."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from app.infra.common_passwords import is_common
from app.kit.actor import ECONOMY_ROLES, Role
from app.kit.errors import Problems
from app.kit.say import mark, say
from app.kit.text import clean, has_forbidden_characters

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
LONGEST_NAME = 120
LONGEST_EMAIL = 254
NO_NAME = mark("Enter the person's name.")
BAD_NAME = say("Write the person's name on one line of at most {most} characters.", most=LONGEST_NAME)

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_ERASED = "@erased.invalid"
_FEWEST_OWN_CHARACTERS = 4
_SHORTEST_RUN = 4
_LOOK_ALIKES = str.maketrans("013457@$!|", "oleastasil")
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv",
)
_FILLERS = re.compile(r"[\s!-/:-@\[-`{-~]")  # blanks and ASCII punctuation; a sign of another script counts as a character
_YEARS = re.compile(r"(19|20)\d\d")

# What people choose first, in our own list; the program's own words and the economies' names are guessed first here.
_GUESSED_WORDS = """
    access account admin administrator ai analyst angel answer apec approver artificial asia assessment august autumn baby
    baseball benchmark capacity changeme chocolate city coffee computer contributor control cookie coordinator country data
    database december default demo digital dragon economies economy email enter evidence family february flower football
    forever friday friend friends gateway gold google governance government guest hallo hello holiday house iloveyou impact
    index indicator internet january july june king letmein letmein login love lovely lucky machine march master may member
    michael ministry monday money monkey mustang my myself network new november nothing october office official one online
    open orange pacific pass passcode passphrase passw0rd password people peer phone pillar please police policy power
    princess private public pw pwd question questionnaire qwerty rainbow readiness readyness ready red report review reviewer
    root saturday school score secret secretariat section secure security september server service shadow sign signin silver
    simple soccer spring star starwars strong submission summer sunday sunshine super superman survey system team telephone
    temp temporary test tester testing the this thursday trust trustno tuesday user username wednesday welcome winter work
    world your zone
    australia brunei darussalam canada chile china hongkong indonesia japan korea malaysia mexico zealand guinea papua peru
    philippines russia singapore taipei chinese thailand unitedstates america vietnam viet nam
    azure batman butterfly charlie cheese diamond ginger hunter jordan killer lovers matrix merlin ninja pepper purple ranger
    samsung scooter sparky thunder tigger yankees
"""
_GUESSED = re.compile("|".join(sorted(map(re.escape, set(_GUESSED_WORDS.split())), key=len, reverse=True)))


def erased_address(user_id: UUID) -> str:
    """Return what stands in place of the address of a person who was erased; no mail can be sent there (RFC 2606)."""
    return f"{user_id.hex}{_ERASED}"


def is_erased(email: str) -> bool:
    """Tell whether a person was erased."""
    return email.endswith(_ERASED)


def normal_email(text: str) -> str:
    """Return the one spelling under which an address is stored and looked up."""
    return clean(text).lower()


def normal_password(text: str) -> str:
    """Return the one spelling that is hashed: keyboards write one letter in several ways, and forms drop outer blanks."""
    return clean(text)


def check_person(problems: Problems, *, email: str, name: str) -> None:
    """Name what is wrong with an address and a name."""
    check_email(problems, email)
    check_name(problems, name)


def check_email(problems: Problems, email: str) -> None:
    """Name what is wrong with an address."""
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email) or has_forbidden_characters(email):
        problems.add("email", "bad_email", "Enter a mail address such as name@example.org.")


def check_name(problems: Problems, name: str, *, field: str = "name", missing: str = NO_NAME, unfit: str = BAD_NAME) -> None:
    """Name what is wrong with a short text of one line; `missing` and `unfit` say so."""
    if not name:
        problems.add(field, "missing", missing)
    elif len(name) > LONGEST_NAME or "\n" in name or "\t" in name or has_forbidden_characters(name):
        problems.add(field, "bad_name", unfit)


def check_role(problems: Problems, *, role: str, economy: str | None) -> None:
    """Name what is wrong with a role and its economy: economy roles have one, other roles have none."""
    if role not in set(Role):
        problems.add("role", "unknown_role", "Choose a role.")
    elif role in ECONOMY_ROLES and economy is None:
        problems.add("economy", "missing", "Choose the economy that this person answers for.")
    elif role not in ECONOMY_ROLES and economy is not None:
        problems.add("economy", "not_for_this_role", "Leave the economy empty: this role belongs to no economy.")


def check_repeated(problems: Problems, password: str, repeated: str, *, field: str = "password") -> None:
    """Name a new password that was typed in two ways: nobody sees what they type."""
    if normal_password(repeated) != password:
        problems.add(f"{field}_again", "not_the_same", "The two passwords differ. Type the new password twice.")


def check_password(problems: Problems, password: str, *, email: str, name: str, field: str = "password") -> None:
    """Name what is wrong with a new password; its length is checked first, so that a long text costs nothing."""
    if len(password) > LONGEST_PASSWORD:
        problems.add(field, "too_long", say("Use a password of at most {most} characters.", most=LONGEST_PASSWORD))
    elif len(password) < SHORTEST_PASSWORD:
        message = say("Use a password of at least {least} characters. Several words are fine.", least=SHORTEST_PASSWORD)
        problems.add(field, "too_short", message)
    elif has_forbidden_characters(password):
        problems.add(field, "control_characters", "Use a password without control characters.")
    elif is_easily_guessed(password, own_words=re.split(r"[\W_]+", f"{email} {name}")) or is_common(password):
        problems.add(field, "too_common", "This password is easy to guess. Use several words that do not belong together.")


def is_easily_guessed(password: str, *, own_words: list[str]) -> bool:
    """Tell whether little is left of a password without guessed words, the person's own words, years and key runs."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    own = [word.casefold() for word in own_words if len(word) >= _SHORTEST_RUN]
    return any(len(set(_remainder(text, own))) < _FEWEST_OWN_CHARACTERS for text in (plain, plain.translate(_LOOK_ALIKES)))


def _remainder(text: str, own_words: list[str]) -> str:
    for word in sorted(own_words, key=len, reverse=True):
        text = text.replace(word, " ")
    text = _without_runs(_YEARS.sub(" ", _GUESSED.sub(" ", text)))
    return _FILLERS.sub("", text)


def _without_runs(text: str) -> str:
    kept, start = "", 0
    while start < len(text):
        length = _run_length(text, start)
        if length < _SHORTEST_RUN:
            kept, length = kept + text[start], 1
        start += length
    return kept


def _run_length(text: str, start: int) -> int:
    longest = 1
    for run in (*_RUNS, *(run[::-1] for run in _RUNS)):
        place = run.find(text[start])
        length = 0
        while place >= 0 and text[start + length : start + length + 1] == run[place + length : place + length + 1] != "":
            length += 1
        longest = max(longest, length)
    return longest
