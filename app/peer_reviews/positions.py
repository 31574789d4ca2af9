"""What two sides hold of one item: the signed answer first, then what each proposes; agreed once one says yes to the other.

Values in, values out: no clock, no SQL.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.answers import BLANK, Answer


class Side(StrEnum):
    """Who speaks."""

    REVIEWER = "reviewer"
    ECONOMY = "economy"


@dataclass(frozen=True, slots=True)
class Position:
    """An answer that a side holds, and why. Number 0 is the answer that the economy signed."""

    number: int
    side: Side
    answer: Answer
    words: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Agreement:
    """A side's yes to the position of that number."""

    number: int
    side: Side
    answer: Answer
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """A question or a reply."""

    side: Side
    words: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """Everything about one item, each kind in the order in which it was said. `positions` begins with the signed answer."""

    item: str
    positions: tuple[Position, ...]
    agreements: tuple[Agreement, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def signed(self) -> Answer:
        """The answer as it was signed."""
        return self.positions[0].answer

    @property
    def latest(self) -> Position:
        """What was proposed last; the signed answer where nothing was."""
        return self.positions[-1]

    @property
    def agreed(self) -> Agreement | None:
        """The yes that still stands: one to the latest position. A later proposal opens the item again."""
        return next((each for each in reversed(self.agreements) if each.number == self.latest.number), None)

    @property
    def is_touched(self) -> bool:
        """Whether anybody has said anything."""
        return bool(len(self.positions) > 1 or self.agreements or self.remarks)

    def held_by(self, side: Side) -> Position | None:
        """Return the last position of a side; None while a reviewer has proposed nothing."""
        return next((each for each in reversed(self.positions) if each.side is side), None)

    def waits_for(self, side: Side) -> bool:
        """Tell whether the other side has asked or proposed something that this side has not answered."""
        is_proposed = self.latest.number > 0 and self.latest.side is not side and self.agreed is None
        own = [
            *(each.at for each in self.positions[1:] if each.side is side),
            *(each.at for each in self.agreements if each.side is side),
            *(each.at for each in self.remarks if each.side is side),
        ]
        asked = [each.at for each in self.remarks if each.side is not side]
        return is_proposed or bool(asked and (not own or max(asked) > max(own)))

    def without_proposals(self) -> Thread:
        """Return what the economy sees before the reviewer has handed over: questions and replies."""
        return replace(self, positions=self.positions[:1], agreements=())

    def bare(self) -> Thread:
        """Return the answers without comments and evidence; agreeing, keeping and coming back copy those of the signed one."""
        return replace(
            self,
            positions=tuple(replace(each, answer=_bare(each.answer)) for each in self.positions),
            agreements=tuple(replace(each, answer=_bare(each.answer)) for each in self.agreements),
        )

    def after_the_end(self, *, is_closed: bool) -> Thread:
        """Return what is left to a reviewer after the end: the own words; and where it was closed, what was agreed."""
        return Thread(
            self.item,
            tuple(
                each if each.side is Side.REVIEWER else replace(each, answer=BLANK, words="", author="")
                for each in self.positions
            ),
            tuple(each for each in self.agreements if each is self.agreed) if is_closed else (),
            tuple(each for each in self.remarks if each.side is Side.REVIEWER),
        ).bare()


def is_same(one: Answer, other: Answer) -> bool:
    """Tell whether two answers say the same; comments and evidence beside them do not count."""
    return _said(one) == _said(other)


def _bare(answer: Answer) -> Answer:
    return replace(answer, comment="", evidence_url="", evidence=())


def _said(answer: Answer) -> tuple[object, ...]:
    return answer.state, answer.value, frozenset(answer.not_applicable), answer.details
