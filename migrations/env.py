"""Runs migrations on the connection that `app.infra.migrate` hands in."""

from alembic import context
from sqlmodel import SQLModel

from app.accounts import tables as _accounts  # noqa: F401
from app.accounts.clients import tables as _clients  # noqa: F401
from app.accounts.mailing import tables as _mailing  # noqa: F401

# Every room's tables, so that autogenerate and the comparison see all of them.
from app.accounts.second_step import tables as _second_step  # noqa: F401
from app.accounts.signing_in import tables as _signing_in  # noqa: F401
from app.audit import tables as _audit  # noqa: F401
from app.authoring import tables as _authoring  # noqa: F401
from app.authoring.preview import tables as _preview  # noqa: F401
from app.benchmarks import tables as _benchmarks  # noqa: F401
from app.economies import tables as _economies  # noqa: F401
from app.evidence import tables as _evidence  # noqa: F401
from app.infra import steps, wall
from app.mail import tables as _mail  # noqa: F401
from app.offline import tables as _offline  # noqa: F401
from app.peer_reviews import tables as _peer_reviews  # noqa: F401
from app.questionnaires import tables as _questionnaires  # noqa: F401
from app.releases import tables as _releases  # noqa: F401
from app.reports import tables as _reports  # noqa: F401
from app.reviews import tables as _reviews  # noqa: F401
from app.scores import tables as _scores  # noqa: F401
from app.teamwork import tables as _teamwork  # noqa: F401

connection = context.config.attributes["connection"]
wall.take_away(connection)
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    on_version_apply=steps.note,
)
with context.begin_transaction():
    context.run_migrations()
