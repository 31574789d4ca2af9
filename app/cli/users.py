"""Accounts from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from app.accounts import service
from app.accounts.second_step import factors
from app.cli.console import fail, opened_database, out, read_settings
from app.keeping import erasing
from app.kit.actor import COMMAND_LINE, Role
from app.kit.ids import new_token
from app.main import open_passwords

app = typer.Typer(help="People with an account.", no_args_is_help=True)


@app.command()
def create(
    email: Annotated[str, typer.Argument(help="Mail address; the person signs in with it.")],
    name: Annotated[str, typer.Option(help="The person's name, as colleagues see it.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    economy: Annotated[str | None, typer.Option(help="Code of the economy, for its officials.")] = None,
) -> None:
    """Create an account and print its first password, once."""
    password = new_token()[:20]
    with opened_database() as database, database.write() as session:
        service.create_user(
            session,
            COMMAND_LINE,
            email=email,
            name=name,
            role=role,
            economy=economy,
            password=password,
            passwords=open_passwords(read_settings()),
        )
    out.print(f"{email}  {password}", markup=False)


@app.command("set-password")
def set_password(email: Annotated[str, typer.Argument(help="Mail address of the person.")]) -> None:
    """Give a person who forgot theirs a new password, and print it, once. Their sessions end."""
    password = new_token()[:20]
    with opened_database() as database:
        with database.read() as session:
            user_id = service.find_user_id(session, COMMAND_LINE, email)
        if user_id is None:
            fail(f"Nobody has the mail address {email}. Check it with the person.")
        # In a transaction of its own, which begins when the password is hashed: meanwhile others can write.
        with database.write() as session:
            service.set_password(session, COMMAND_LINE, user_id, password, passwords=open_passwords(read_settings()))
    out.print(f"{email}  {password}", markup=False)


@app.command("reset-second-step")
def reset_second_step(email: Annotated[str, typer.Argument(help="Mail address of the person.")]) -> None:
    """Take away the second step of a person who has lost everything, such as the only administrator. Their sessions end."""
    with opened_database() as database, database.write() as session:
        user_id = service.find_user_id(session, COMMAND_LINE, email)
        if user_id is None:
            fail(f"Nobody has the mail address {email}. Check it with the person.")
        factors.reset_for(session, COMMAND_LINE, user_id)
    out.print(f"{email} signs in with the password alone, until a second step is set up again.", markup=False)


@app.command()
def erase(email: Annotated[str, typer.Argument(help="Mail address of the person who asks for it.")]) -> None:
    """Erase a person: name and address are gone everywhere; what they did stays, under a name that tells nothing.

    It cannot be undone. Backups from before still hold the person until they are thrown away."""
    with opened_database() as database, database.write() as session:
        erased = erasing.erase(session, COMMAND_LINE, email)
    if not erased.pseudonym:
        out.print("Nobody has this mail address; what was sent to it is erased.")
        return
    out.print(f"Erased. What they did is shown as: {erased.pseudonym}", markup=False)
    for place, rows in erased.remaining:
        out.print(f"The name still stands in {place} ({rows} rows); docs/operators.md says why.", markup=False)
