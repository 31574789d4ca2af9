"""The command line: `readiness --help`."""

from __future__ import annotations

import gc
import os

import typer

from app.cli import (
    answers,
    audit,
    bench,
    cycles,
    demo,
    doctor,
    keeping,
    method,
    questionnaires,
    references,
    releases,
    server,
    translations,
    users,
    worker,
)

app = typer.Typer(
    name="readiness",
    help="Voluntary reviews of AI readiness: questionnaires, answers, scores and benchmarks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("serve")(server.serve)
app.command("worker")(worker.worker)
app.command("migrate")(server.migrate)
app.command("doctor")(doctor.doctor)
app.command("openapi")(server.openapi)
app.command("score")(answers.score)
app.command("bench")(bench.bench)
app.command("backup")(keeping.backup)
app.command("backup-key")(keeping.backup_key)
app.command("restore")(keeping.restore)
app.command("verify")(keeping.verify)
app.add_typer(releases.app, name="release")
app.add_typer(questionnaires.app, name="questionnaire")
app.add_typer(cycles.app, name="cycle")
app.add_typer(answers.app, name="answers")
app.add_typer(users.app, name="user")
app.add_typer(references.app, name="reference")
app.add_typer(method.app, name="method")
app.add_typer(audit.app, name="audit")
app.add_typer(translations.app, name="translation")


def main() -> None:
    """Run the command line; what it writes is for the account that runs it, and for nobody else."""
    os.umask(0o077)
    try:
        app(prog_name="readiness")
    finally:
        gc.freeze()  # else Python looks through every object for garbage at its end: two seconds of work, ten on a busy machine
