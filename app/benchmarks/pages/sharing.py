"""Where an economy chooses, section by section, whom its scores are shown to."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.benchmarks import consents
from app.domain.benchmark.consent import Audience
from app.kit.actor import Role
from app.reviews import service as reviews
from app.reviews import sign_off
from app.reviews.words import localized_review
from app.web import parts
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import page_frame
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/sharing")

register_flash("benchmarks.consented", "success", mark("Your choices are saved and count from now on."))

AUDIENCE_WORDS = {
    Audience.PRIVATE: (mark("Private"), mark("Only your economy sees these scores. They enter no figure of a group.")),
    Audience.PEERS: (
        mark("Peers"),
        mark("Economies that share this section too see them. They count in figures of groups, where none can be made out."),
    ),
    Audience.PUBLIC: (
        mark("Public"),
        mark("Everyone sees the scores of this section. Answers, comments and evidence stay private."),
    ),
}


@router.get("")
def show_sharing(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show whom each section is shown to."""
    review = localized_review(reviews.open_review(session, actor, review_id))
    given = consents.get_consents(session, actor, review_id)
    waiting = consents.list_waiting(session, actor, review_id)
    title = _("Choose what is shown")
    return render(
        request,
        "benchmarks/sharing.html",
        page_frame(
            request,
            title,
            breadcrumbs=(
                Crumb(_("My reviews"), "/reviews"),
                Crumb(review.questionnaire.title, f"/reviews/{review_id}"),
                Crumb(title),
            ),
            notices=tuple(filter(None, (review.cycle.notice,))),
        ),
        review=review,
        sections=[(section, given[section.code].value) for section in sign_off.sections_shown(session, review)],
        audiences=[parts.Option(audience.value, _(label), _(hint)) for audience, (label, hint) in AUDIENCE_WORDS.items()],
        waiting=[node.title for node in review.questionnaire.scheme.nodes if node.code in waiting],
        can_choose=actor.role in {Role.COORDINATOR, Role.APPROVER},
    )


@router.post("")
def save_sharing(request: Request, review_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Save the choices; a withdrawn section leaves the benchmark at once."""
    wanted = {name.removeprefix("audience."): form.first(name) for name in form.names() if name.startswith("audience.")}
    consents.consent(session, actor, review_id, wanted)
    return see_other(request, f"/reviews/{review_id}/sharing", flash="benchmarks.consented")
