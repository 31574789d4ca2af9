"""As many members of a group as a measurement needs: those that it has, and beyond them economies with made-up codes."""

from __future__ import annotations

import string
from itertools import product

from sqlmodel import Session

from app.economies import service as economies
from app.economies.tables import Economy, GroupMember


def members_of(session: Session, group: str, number: int) -> list[str]:
    """Return so many members; those that are missing join the group."""
    known = {entry.code for entry in economies.list_economies(session)}
    members = list(economies.groups(session)[group].economies)[:number]
    made_up = ("".join(letters) for letters in product(string.ascii_uppercase, repeat=3))
    for code in (code for code in made_up if code not in known):
        if len(members) >= number:
            break
        name = f"Economy {code}"
        session.add(Economy(code=code, abbreviation=code, short_name=name, formal_name=name, list_name=name, time_zone="Etc/UTC"))
        session.flush()
        session.add(GroupMember(group_code=group, economy=code))
        members.append(code)
    session.flush()
    return members
