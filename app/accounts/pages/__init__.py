"""The pages of accounts: signing in, one's own account, and the people of a team or of the whole service."""

from __future__ import annotations

from fastapi import APIRouter

from app.accounts.pages import (
    account,
    asking,
    clients,
    keys,
    language,
    mail,
    password_reset,
    people,
    second_step,
    sessions,
    sign_in,
    single_sign_on,
    ways,
)

router = APIRouter(include_in_schema=False)
router.include_router(sign_in.router)
router.include_router(second_step.router)
router.include_router(single_sign_on.router)
router.include_router(account.router)
router.include_router(sessions.router)
router.include_router(keys.router)
router.include_router(asking.router)
router.include_router(clients.router)
router.include_router(ways.router)
router.include_router(people.router)
router.include_router(language.router)
router.include_router(password_reset.router)
router.include_router(mail.router)
