"""The command line: `readiness --help`."""

from __future__ import annotations

import typer

from app.cli import answers, demo, questionnaires, references, server, users

app = typer.Typer(
    name="readiness",
    help="Voluntary reviews of AI readiness: questionnaires, answers, scores and benchmarks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("serve")(server.serve)
app.command("migrate")(server.migrate)
app.command("openapi")(server.openapi)
app.command("score")(answers.score)
app.add_typer(questionnaires.app, name="questionnaire")
app.add_typer(answers.app, name="answers")
app.add_typer(users.app, name="user")
app.add_typer(references.app, name="reference")


def main() -> None:
    """Run the command line."""
    app(prog_name="readiness")
