"""Where the name or the address of a person stands, table by table: what erasing a person must reach.

A test compares these lists with the tables, so that no new column is forgotten.
"""

from __future__ import annotations

from typing import NamedTuple


class Named(NamedTuple):
    """A column that holds a name, and the one that says whose it is; where there is none, the name alone tells."""

    table: str
    column: str
    owner: str = ""


GONE_WITH_THE_PERSON = (
    *("session", "half_signed_in", "authenticator", "passkey", "passkey_challenge", "recovery_code", "linked_identity"),
    *("factor_failure", "factor_reset", "password_reset", "mail_choice", "mail_round", "unsubscribe_link", "presence", "visit"),
    *("preview_answer", "workbook_upload"),
)
"""Tables whose rows of that person are deleted: they serve nobody else."""

NAMES = (
    Named("answer_revision", "saved_by", "user_id"),
    Named("draft_change", "by", "user_id"),
    Named("evidence", "created_by", "user_id"),
    Named("evidence_version", "added_by", "user_id"),
    Named("answer_evidence", "added_by", "user_id"),
    Named("review_move", "moved_by", "user_id"),
    Named("submission", "submitted_by", "user_id"),
    Named("translation", "translated_by", "translator_id"),
    Named("translation", "reviewed_by", "reviewer_id"),
    Named("peer_agreement", "author", "user_id"),
    Named("peer_proposal", "author", "user_id"),
    Named("peer_remark", "author", "user_id"),
    Named("peer_reviewer", "name", "user_id"),
    Named("draft", "started_by"),
    Named("draft", "changed_by"),
    Named("cycle_change", "changed_by"),
    Named("group_change", "changed_by"),
    Named("retirement", "retired_by"),
    Named("review", "sent_back_by"),
    Named("answer", "saved_by"),
    Named("consent", "given_by"),
    Named("evidence", "removed_by"),
    Named("answer_evidence", "removed_by"),
    Named("factor_reset", "by_name"),
    Named("progress_showing", "chosen_by"),
    Named("review_move", "undone_by"),
    Named("peer_review", "reviewer_name"),
    Named("report", "asked_by"),
)

KEPT = (Named("release", "released_by"), Named("questionnaire_version", "published_by"))
"""Who published something stays beside it: the rows can never change, and publishing is an act of office for all to see."""

NO_NAMES = {
    ("audit_event", "actor_name"),  # the command line's own; a person's name is looked up by the id
    ("economy", "short_name"),
    ("economy", "formal_name"),
    ("economy", "list_name"),
    ("evidence_version", "file_name"),
    ("passkey", "name"),
    ("passkey_challenge", "name"),
    ("report_file", "name"),
    ("user", "email"),  # the person's own row, and what was sent to the address, are erased by statements of their own
    ("user", "name"),
    ("invitation", "email"),
    ("invitation", "name"),
    ("key_request", "email"),
    ("key_request", "name"),
    ("mail", "recipient"),
    ("password_reset", "email"),
    ("password_reset", "email_hash"),
    ("sign_in_failure", "email_hash"),
}
"""Columns that sound like a name and are none, or are looked after elsewhere."""
