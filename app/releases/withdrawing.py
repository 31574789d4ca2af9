"""What an economy no longer shows leaves every release at once, in the transaction in which it was withdrawn."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from app.benchmarks import released
from app.benchmarks.refresh import BenchmarkRefreshed
from app.domain.release.holding import read_holding, said
from app.kit import clock
from app.kit.clock import as_utc
from app.releases import queries
from app.releases.tables import ReleaseWithdrawal


def withdraw_after(session: Session, refreshed: BenchmarkRefreshed) -> None:
    """Put a tombstone on every score of a release that is public no more. Follows the fact `BenchmarkRefreshed`.

    A tombstone stays, even where the score becomes public again: the next release has it. Where the newest release holds what
    was withdrawn or corrected, it becomes due to be patched. Without a release this is one look.
    """
    rows = queries.held_of(session, refreshed.cycle_id)
    held = {row[0]: read_holding(row[3]) for row in rows}
    if not held:
        return
    scores, sharing = released.shared_of_cycle(session, refreshed.cycle_id)
    public = {
        (row.version, row.series, row.node, row.economy): said(row.revision, row.score, row.coverage, row.reason, row.band)
        for row in scores
    }
    already = queries.withdrawals_of(session, list(held))
    buried = {(each.release_id, each.version, each.series, each.node, each.economy) for each in already}
    now = clock.now()
    modified = {row[0]: as_utc(row[1]) for row in rows}
    for each in already:
        modified[each.release_id] = max(modified[each.release_id], as_utc(each.withdrawn_at))
    moments = {release: max(now, _next_second(before)) for release, before in modified.items()}
    tombstones = [
        ReleaseWithdrawal(
            release_id=release, version=key[0], series=key[1], node=key[2], economy=key[3], withdrawn_at=moments[release]
        )
        for release, holding in held.items()
        for key in holding.keys
        if key not in public and (release, *key) not in buried
    ]
    queries.add_withdrawals(session, tombstones)
    newest = next(iter(held.values()))
    if newest.is_outdated(public, sharing):
        queries.add_due(session, refreshed.cycle_id, now)


def _next_second(moment: datetime) -> datetime:
    """Return the second after this one: HTTP tells changes apart by seconds, and a copy that was taken before must not pass as
    the newest."""
    return moment.replace(microsecond=0) + timedelta(seconds=1)
