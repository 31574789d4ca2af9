"""Publishing a draft: what is left to correct, what it changes, and the password once more."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import AppPasswords, AppSeal, CurrentIdentity, SendingBrowser, require
from app.accounts.second_step import codes
from app.authoring import drafts, publishing
from app.authoring.pages.frames import Administrator, draft_frame, path_of
from app.kit.actor import Actor, Role
from app.kit.errors import FieldProblem, Invalid
from app.kit.say import mark
from app.web.db import AppDatabase, DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.i18n import gettext as _
from app.web.page import errors_by_field, summary_of
from app.web.templating import render
