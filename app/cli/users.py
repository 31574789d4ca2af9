"""Accounts from the command line."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.accounts import invitations, service
from app.accounts.mailing.letters import Place
from app.accounts.second_step import factors
from app.accounts.service import NewPerson
from app.accounts.signing_in import password_reset
from app.cli.console import fail, opened_database, out, read_settings
from app.keeping import erasing
from app.kit.actor import COMMAND_LINE, Role
from app.main import open_passwords

app = typer.Typer(help="People with an account.", no_args_is_help=True)

PasswordFromInput = Annotated[
    bool,
    typer.Option("--password-stdin", help="For programs: no link; the password is the first line of standard input."),
]
_LONGEST_LINE = 1_000  # more than any password may have


@app.command()
def create(
    email: Annotated[str, typer.Argument(help="Mail address; the person signs in with it.")],
    name: Annotated[str, typer.Option(help="The person's name, as colleagues see it.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    economy: Annotated[str | None, typer.Option(help="Code of the economy, for its officials.")] = None,
    *,
    password_stdin: PasswordFromInput = False,
) -> None:
    """Print a link with which the person makes the account and chooses a password: once, within seven days."""
    password = _password_from_input() if password_stdin else None
    with opened_database() as database, database.write() as session:
        if password is None:
            made = invitations.invite(session, COMMAND_LINE, email=email, name=name, role=role, economy=economy)
            lines = f"Give {email} this link. It works once, for seven days.", _whole(made.path)
        else:
            wanted = NewPerson(email, name, role, economy, password)
            service.create_users(session, COMMAND_LINE, [wanted], passwords=open_passwords(read_settings()))
            lines = f"The account of {email} is made.", ""
    _print(lines)


@app.command("set-password")
def set_password(
    email: Annotated[str, typer.Argument(help="Mail address of the person.")], *, password_stdin: PasswordFromInput = False
) -> None:
    """Print a link with which a person who forgot theirs chooses a new password: once, within 30 minutes."""
    password = _password_from_input() if password_stdin else None
    with opened_database() as database:
        with database.read() as session:
            user_id = service.find_user_id(session, COMMAND_LINE, email)
        if user_id is None:
            fail(f"Nobody has the mail address {email}. Check it with the person.")
        # In a transaction of its own, which begins when the password is hashed: meanwhile others can write.
        with database.write() as session:
            if password is None:
                path = password_reset.hand_out(session, COMMAND_LINE, user_id)
                lines = f"Give {email} this link. It works once, for 30 minutes; sessions end when it is used.", _whole(path)
            else:
                service.set_password(session, COMMAND_LINE, user_id, password, passwords=open_passwords(read_settings()))
                lines = f"The password of {email} is changed, and all sessions have ended.", ""
    _print(lines)


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


def _password_from_input() -> str:
    """Read one line, without its end; what it must be is checked where it is set."""
    return sys.stdin.readline(_LONGEST_LINE).rstrip("\r\n")


def _whole(path: str) -> str:
    """Return the whole address of a link: that which people use, as the setting has it."""
    return Place(read_settings().base_url).link(path)


def _print(lines: tuple[str, str]) -> None:
    """Print what was done, and the link on a line of its own, which is never wrapped."""
    for line in filter(None, lines):
        out.print(line, markup=False)
