"""Page forms: read once, cleaned once, and proved to come from this site.

`PageForm` checks the hidden field `csrf_token` against the secret of the signed-in session. `web` stands below
`accounts`, so `main` says who knows it: `app.state.csrf_secret = accounts.deps.csrf_secret`, which recognises the session
first, whatever the order of the handler's parameters. Without that, it is what a dependency left in
`request.state.csrf_secret` (a text for a session, absent or None for anonymous visitors).

No `dependency_overrides`: where there is one, FastAPI reads the signature of every dependency anew in each request.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile

from app.kit.errors import BadRequest, Forbidden, UnsupportedMedia
from app.kit.say import mark
from app.kit.text import clean
from app.web.csrf import check_csrf_token

MOST_FIELDS = 5_000
TOKEN_FIELD = "csrf_token"  # noqa: S105 - the name of a field, not a secret

_URLENCODED = b"application/x-www-form-urlencoded"
_MULTIPART = b"multipart/form-data"
_FIELD_NAME = re.compile(r"[A-Za-z0-9_.:\[\]-]{1,100}")
_LONGEST_TEXT_BESIDE_A_FILE = 64 * 1024
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


class BadForm(BadRequest):
    """The form could not be read."""

    code = "bad_form"


class FormNotProved(Forbidden):
    """The form's token is missing, of another session, or of a session that has ended."""

    code = "form_not_proved"
    title = "This form cannot be accepted any more"

    def __init__(self) -> None:
        super().__init__(
            mark(
                "This form is too old or did not come from this site. Go back, reload the page and send it again. "
                "What you typed is still in the page you came from."
            )
        )


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file as it was sent; its name is somebody's word, and nothing is ever stored under it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The cleaned text fields of one form, and the file of one that takes a file."""

    fields: Mapping[str, tuple[str, ...]]
    files: Mapping[str, SentFile] = field(default_factory=dict)

    def file(self, name: str) -> SentFile | None:
        """Return a file that was chosen; None where the field was left empty, or the address takes no files."""
        return self.files.get(name)

    def first(self, name: str) -> str:
        """Return a field that takes one value, or ''; sent twice, it is refused, because nobody can say which one counts."""
        values = self.all(name)
        if len(values) > 1:
            message = mark("A field that takes one value was sent more than once. Reload the page and send it again.")
            raise BadForm(message)
        return values[0] if values else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field, such as the ticked boxes of one question."""
        return self.fields.get(name, ())

    def names(self) -> tuple[str, ...]:
        """Return the names of the fields that were sent, in their order."""
        return tuple(self.fields)


async def read_form(request: Request) -> Form:
    """Read the form of this request, once however often it is asked for."""
    known = getattr(request.state, "form", None)
    if isinstance(known, Form):
        return known
    fields, files = await _sent(request)
    form = cleaned(fields, files)
    request.state.form = form
    return form


async def csrf_secret(request: Request) -> str | None:
    """Return the form secret of the signed-in session; None for an anonymous visitor."""
    find: Callable[[Request], Awaitable[str | None]] | None = getattr(request.app.state, "csrf_secret", None)
    return known_secret(request) if find is None else await find(request)


def known_secret(request: Request) -> str | None:
    """Return the form secret as far as it is known already, for the forms of a page."""
    secret = getattr(request.state, "csrf_secret", None)
    return secret if isinstance(secret, str) else None


async def checked_form(request: Request, secret: Annotated[str | None, Depends(csrf_secret)]) -> Form:
    """Read the form and refuse it unless its token, or for anonymous visitors its headers, prove where it came from."""
    form = await read_form(request)
    if secret is not None:
        sent = form.all(TOKEN_FIELD)
        is_proved = len(sent) == 1 and check_csrf_token(sent[0], secret)
    else:
        is_proved = not getattr(request.state, "csrf_unproved", True)
    if not is_proved:
        raise FormNotProved
    return form


PageForm = Annotated[Form, Depends(checked_form)]


async def _sent(request: Request) -> tuple[list[tuple[str, str]], dict[str, SentFile]]:
    """Multipart text is decoded as Latin-1 where UTF-8 fails, so all of the body but its file is checked; a file is no text."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    body = await request.body()
    if not body:
        return [], {}
    if kind not in {_URLENCODED, _MULTIPART} or options.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise UnsupportedMedia("Send this form as a browser does, in UTF-8.")
    takes_a_file = kind == _MULTIPART and getattr(request.state, "takes_a_file", False)
    most_files = 1 if takes_a_file else 0
    sent = await request.form(max_fields=MOST_FIELDS, max_files=most_files, max_part_size=_longest_part(body, takes_a_file))
    fields = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    files = {
        name: SentFile(value.filename or "", await value.read())
        for name, value in sent.multi_items()
        if isinstance(value, UploadFile) and (value.filename or value.size)
    }
    await sent.close()
    for file in files.values():
        body = body.replace(file.content, b"", 1) if file.content else body
    _check_utf8(body)
    return fields, files


def _longest_part(body: bytes, takes_a_file: bool) -> int:  # noqa: FBT001 - a claim about the one address
    return _LONGEST_TEXT_BESIDE_A_FILE if takes_a_file else len(body)


def _check_utf8(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        message = mark("The form is not in UTF-8. Reload the page and send it again.")
        raise BadForm(message) from error


def cleaned(sent: list[tuple[str, str]], files: Mapping[str, SentFile]) -> Form:
    """Refuse what no text can hold; other control characters are the service's to name, at their field, keeping the rest."""
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in sent:
        if not _FIELD_NAME.fullmatch(name):
            message = mark("The form holds a field that this site does not know. Reload the page and send it again.")
            raise BadForm(message)
        if _NO_TEXT.search(value):
            message = mark("The form holds NUL or half of a character, which is no text. Remove it and send the form again.")
            raise BadForm(message)
        fields[name] = (*fields.get(name, ()), clean(value))
    return Form(fields, files)
