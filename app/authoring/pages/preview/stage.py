"""One page of a preview: in the language in which it is looked at, with the bar above it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from fastapi import Request
from starlette.responses import Response

from app.authoring.drafts import OpenDraft
from app.authoring.labels import part_label
from app.authoring.pages.frames import draft_frame, name_of
from app.authoring.pages.preview.bar import Bar, bar_of
from app.authoring.pages.preview.look import Look, Way, language_of, way_of
from app.authoring.preview.trying import Trial
from app.domain.questionnaire.document import Section
from app.infra.language import speaking
from app.web.frame import Crumb, Frame
from app.web.headers import FRAMED_POLICY
from app.web.i18n import gettext as _
from app.web.i18n import localized, note_on
from app.web.templating import render


@dataclass(frozen=True, slots=True)
class Stage:
    """What a page of a preview is made with. `trial` speaks the language of the page."""

    request: Request
    trial: Trial
    way: Way
    bar: Bar

    @property
    def start(self) -> Crumb:
        """The step to the first page of the preview."""
        return Crumb(_("Preview"), self.way.to())

    def render(
        self, name: str, title: str, *steps: Crumb, status: int = 200, has_errors: bool = False, **context: object
    ) -> Response:
        """Answer with the page. `steps`: the way to it from the draft.

        Only a page that is looked at in a frame may be shown in one.
        """
        frame = _frame(self, title, steps, has_errors=has_errors)
        answer = render(self.request, name, frame, status, bar=self.bar, way=self.way, **context)
        answer.headers["Content-Language"] = frame.language
        return _framed(answer, is_framed=self.way.is_framed)


@contextmanager
def staged(request: Request, trial: Trial, look: Look, *here: str, section: Section | None = None) -> Iterator[Stage]:
    """Speak the language of the preview while a page of it is made. `here`: which page; `section`: what it shows of the draft."""
    way = way_of(request, trial.draft.entry.id, look)
    bar = bar_of(request, trial, way, *here, codes=_codes(section), item=look.item)
    with speaking(language_of(request, way)):
        yield Stage(request, replace(trial, questionnaire=localized(trial.questionnaire)), way, bar)


def unreadable(request: Request, draft: OpenDraft, look: Look) -> Response:
    """Say of a draft that is not yet a questionnaire what is to be corrected first."""
    answer = render(
        request,
        "authoring/preview/unreadable.html",
        draft_frame(request, draft.entry, _("Preview")),
        entry=draft.entry,
        name=name_of(draft.entry),
        problems=[
            (part_label(problem.address.kind, problem.address.code), problem, "-".join(map(str, problem.field)))
            for problem in draft.inspection.problems
        ],
    )
    return _framed(answer, is_framed=bool(look.framed))


def _framed(answer: Response, *, is_framed: bool) -> Response:
    if is_framed:
        answer.headers["Content-Security-Policy"] = FRAMED_POLICY
    return answer


def _codes(section: Section | None) -> Collection[str] | None:
    return None if section is None else {section.code, *(item.code for item in section.items)}


def _frame(stage: Stage, title: str, steps: tuple[Crumb, ...], *, has_errors: bool) -> Frame:
    """Build the frame of a page. In a frame of another page, what would lead out of the preview is left away."""
    frame = draft_frame(stage.request, stage.trial.draft.entry, title, has_errors=has_errors)
    crumbs, note = (*frame.breadcrumbs[:-1], *steps, Crumb(title)), note_on(stage.trial.questionnaire)
    frame = replace(frame, breadcrumbs=crumbs, languages=(), translation_note=note)
    return replace(frame, nav=(), breadcrumbs=()) if stage.way.is_framed else frame
