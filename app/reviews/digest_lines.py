"""The lines of a digest or a reminder: short, with the address on a line of its own, as a phone shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from app.accounts.mailing.letters import Place as Site
from app.infra.language import gettext as _
from app.infra.language import localized, ngettext
from app.infra.times import day, moment
from app.reviews import paths
from app.reviews.at_work import Work
from app.reviews.service import OpenReview
from app.reviews.words import closing_words
from app.teamwork.news import Said
from app.teamwork.state import Holder, Place

_MOST_LINES = 8
_MOST_NAMES = 3
_LONGEST_LABEL = 90  # characters: two lines of a phone


class Lines:
    """Writes the lines of one mail, in the language and the zone that are in force."""

    def __init__(self, work: Work, site: Site, today: date) -> None:
        self.work = work
        self._site = site
        self._today = today
        self._has_many = sum(review.cycle.is_open for review in work.reviews.values()) > 1

    def part(self, head: str, lines: Iterable[str]) -> str:
        """Return lines under a head, the first of many; empty where there are none."""
        found = list(lines)
        shown, more = found[:_MOST_LINES], len(found) - _MOST_LINES
        if more > 0:
            shown.append(ngettext("and {number} more", "and {number} more", more).format(number=more))
        return "\n".join((head, *shown)) if shown else ""

    def due(self, holder: Holder) -> str:
        """Name what is due, and when."""
        return self._line(self._label(holder.review_id, holder.place), [self._when(holder)], self._question(holder))

    def handed_over(self, holder: Holder) -> str:
        """Name what was assigned, by whom, until when, and whether a note came along: not what it says."""
        who = _("from {name}").format(name=holder.assigned_by) if holder.assigned_by else ""
        note = _("with a note") if holder.note else ""
        return self._line(self._label(holder.review_id, holder.place), [who, note, self._when(holder)], self._question(holder))

    def said(self, posts: Iterable[Said]) -> list[str]:
        """Name each question that was talked about once, with who did and when last; not what was said."""
        by_place: dict[tuple[UUID, Place], list[Said]] = {}
        for post in posts:
            review = self.work.reviews.get(post.review_id)
            if review is not None and review.cycle.is_open and post.place.item in review.questionnaire.items:
                by_place.setdefault((post.review_id, post.place), []).append(post)
        return [
            self._line(
                self._label(review_id, place),
                [_names([post.name for post in found]), moment(max(post.at for post in found))],
                paths.discussion(review_id, place.item),
            )
            for (review_id, place), found in by_place.items()
        ]

    def to_sign_off(self, review: OpenReview) -> str:
        """Name a review that waits for the approver."""
        return self._line(_title(review), [], paths.check(review.id))

    def progress(self, review: OpenReview) -> str:
        """Say how far a review is, and which sections nobody has."""
        words = _("{done} of {total} questions dealt with").format(done=review.done, total=review.total)
        nobody = self.work.sections_without_anybody(review.id)
        titles = {section.code: section.title for section in localized(review.questionnaire).sections}
        named = [_short(f"{section.code} {titles[section.code]}") for section in nobody[:_MOST_LINES]]
        if len(nobody) > len(named):
            more = len(nobody) - len(named)
            named.append(ngettext("and {number} more", "and {number} more", more).format(number=more))
        lines = [f"- {_title(review)}: {words}", f"  {self._site.link(paths.review(review.id))}"]
        if closing := closing_words(review.cycle, review.state):
            lines.insert(1, f"  {closing}")
        if named:
            lines.insert(1, "  " + _("Nobody has: {sections}").format(sections="; ".join(named)))
        return "\n".join(lines)

    def _line(self, label: str, facts: Iterable[str], path: str) -> str:
        told = ", ".join(filter(None, facts))
        return f"- {label}{f' ({told})' if told else ''}\n  {self._site.link(path)}"

    def _label(self, review_id: UUID, place: Place) -> str:
        review = self.work.reviews[review_id]
        document = localized(review.questionnaire)
        item = document.items.get(place.item)
        if item is not None:
            label = _short(f"{item.code} {item.text}")
        else:
            title = next((section.title for section in document.sections if section.code == place.section), "")
            label = _("{section} (whole section)").format(section=_short(f"{place.section} {title}"))
        return f"{label} [{_title(review)}]" if self._has_many else label

    def _when(self, holder: Holder) -> str:
        if holder.due_on is None:
            return ""
        words = _("was due {day}") if holder.due_on < self._today else _("due {day}")
        return words.format(day=day(holder.due_on))

    def _question(self, holder: Holder) -> str:
        return paths.question(holder.review_id, holder.place.section, holder.place.item)


def _title(review: OpenReview) -> str:
    return f"{_short(localized(review.questionnaire).title)}, {review.cycle.code}"


def _names(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(names))
    if len(found) <= _MOST_NAMES:
        return ", ".join(found)
    return _("{names} and others").format(names=", ".join(found[:_MOST_NAMES]))


def _short(text: str) -> str:
    """Return a text on one line, cut where it is long: the page has the rest."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_LABEL else f"{line[: _LONGEST_LABEL - 1].rstrip()}…"
