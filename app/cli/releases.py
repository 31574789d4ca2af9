"""Publish releases of benchmarks, list them, and compute them again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from app.cli.console import fail, opened_database, out, plain_words
from app.domain.release.recompute import Outcome
from app.domain.release.recompute_public import recompute_public
from app.kit.actor import COMMAND_LINE
from app.releases import patching, publishing, sealing, service
from app.releases.bundle import read_bundle
from app.releases.sealed_file import MARK, read_sealed_file

app = typer.Typer(no_args_is_help=True, help="Releases of benchmarks: frozen, numbered, dated.")

_MOST_PRINTED = 100
_CODE = typer.Argument(help="Code of the questionnaire.")
_NUMBER = typer.Argument(help="Number of the release, such as 2026.1.0, or `latest`.")


@app.command()
def publish(
    questionnaire: Annotated[str, _CODE],
    cycle: Annotated[str, typer.Argument(help="Code of the cycle, such as 2026.")],
    *,
    note: Annotated[str, typer.Option(help="What readers should know about this release.")] = "",
) -> None:
    """Freeze what is shown of a cycle today as its next release."""
    with opened_database() as database:
        entry = publishing.publish(database, COMMAND_LINE, questionnaire, cycle, note=note)
    out.print(f"Published {entry.questionnaire} {entry.number}, SHA-256 {entry.checksum}.", markup=False)


@app.command("list")
def list_releases(
    questionnaire: Annotated[str | None, typer.Argument(help="Only those of this questionnaire.")] = None,
) -> None:
    """List all releases, the newest first."""
    with opened_database() as database, database.read() as session:
        entries = service.list_releases(session, questionnaire)
    for entry in entries:
        left = f"  {len(entry.withdrawals)} scores withdrawn" if entry.withdrawals else ""
        out.print(f"{entry.questionnaire} {entry.number}  {entry.released_at:%Y-%m-%d}  {entry.checksum}{left}", markup=False)
    if not entries:
        out.print("No release is published yet. `readiness release publish QUESTIONNAIRE CYCLE` makes the first.", markup=False)


@app.command()
def patch() -> None:
    """Make the patches that are due now: of what was withdrawn or corrected. The server does it by itself every few seconds."""
    with opened_database() as database:
        entries = patching.patch_due(database)
    for entry in entries:
        out.print(f"Published {entry.questionnaire} {entry.number}, SHA-256 {entry.checksum}.", markup=False)
    if not entries:
        out.print("No patch is due.")


@app.command()
def verify(questionnaire: Annotated[str, _CODE], number: Annotated[str, _NUMBER]) -> None:
    """Compute every number of a release again from the signed answers in the database, and compare."""
    with opened_database() as database, database.read() as session:
        found = sealing.verify(session, COMMAND_LINE, questionnaire, number)
    _tell(found)


@app.command()
def export(
    questionnaire: Annotated[str, _CODE],
    number: Annotated[str, _NUMBER],
    *,
    sealed: Annotated[Path, typer.Option(help="The file to write. It holds answers that are not public: it stays inside.")],
) -> None:
    """Write the sealed record of a release: with it `recompute` needs no database."""
    if sealed.exists():
        fail(f"{sealed} exists already. Name another file, or move it away.")
    with opened_database() as database, database.write() as session:
        raw = sealing.export(session, COMMAND_LINE, questionnaire, number)
    with plain_words():
        sealed.write_bytes(raw)
    out.print(f"Wrote {sealed}. It holds signed answers that are not public. It stays inside.", markup=False)


@app.command()
def recompute(
    file: Annotated[Path, typer.Argument(help="A sealed record, or the public bundle of a release.")],
) -> None:
    """Compute the numbers of a release again from a file, and compare. A sealed record gives all of them."""
    with plain_words():
        raw = file.read_bytes()
        if MARK.encode() in raw:
            found = read_sealed_file(raw)
            _tell(sealing.verified(found.record, found.content, found.checksum, found.sealed.numpy_version))
            return
        bundle = read_bundle(raw)
        outcome = recompute_public(bundle.content, bundle.documents, checksum=bundle.checksum, groups=bundle.groups)
    _tell_outcome(outcome)
    for reason, count in sorted(outcome.not_computed.items()):
        out.print(f"Not computed from public figures: {count:,}, since {reason}.", markup=False)
    if outcome.differences:
        _fail()


def _tell(found: sealing.Verified) -> None:
    _tell_outcome(found.outcome)
    if not found.is_exact:
        out.print(f"Another version of numpy made the release: compared to {sealing.ACROSS_VERSIONS:g}; its draws may differ.")
    if not found.is_whole:
        out.print("The content does not have the checksum that was published.")
    if not found.is_good:
        _fail()


def _tell_outcome(outcome: Outcome) -> None:
    for each in outcome.differences[:_MOST_PRINTED]:
        out.print(f"{each.name}: published {each.published}, computed {each.computed}", markup=False)
    if len(outcome.differences) > _MOST_PRINTED:
        out.print(f"... and {len(outcome.differences) - _MOST_PRINTED:,} more")
    out.print(f"{outcome.agreed:,} numbers agree, {len(outcome.differences):,} do not.")


def _fail() -> NoReturn:
    raise typer.Exit(1)
