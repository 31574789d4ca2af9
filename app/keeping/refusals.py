"""What a backup, a key or a place can be refused for, in the words of whoever stands before it."""

from __future__ import annotations

from typing import Self

from app.kit.errors import ReadinessError


class BadBackup(ReadinessError):
    """A file that is not a whole backup of ours, or not one for this program."""

    status = 422
    code = "keeping.bad_backup"
    title = "This is not a backup that can be used"

    @classmethod
    def damaged(cls) -> Self:
        """Say that it is no encrypted file, or not all of it."""
        return cls("The file is damaged or cut off, or it is no backup. Nothing was written. Take another copy of it.")

    @classmethod
    def other_key(cls) -> Self:
        """Say that it was encrypted for others."""
        return cls(
            "The backup was encrypted for another key. Nothing was written. Give the file with the key that belongs to it."
        )

    @classmethod
    def because(cls, fault: str) -> Self:
        """Say what in it is not as a backup is."""
        return cls(f"The file is no backup that this program wrote: {fault}. Nothing was written.")


class BadKey(ReadinessError):
    """A key that cannot be used."""

    status = 422
    code = "keeping.bad_key"
    title = "This key cannot be used"

    @classmethod
    def recipient(cls) -> Self:
        """Say how a recipient looks."""
        return cls(
            "A backup is encrypted for a recipient such as age1..., or ssh-ed25519 ...; `readiness backup-key FILE` makes one."
        )

    @classmethod
    def secret(cls) -> Self:
        """Say how a file of keys looks."""
        return cls("The file holds no secret key. Give the one that `readiness backup-key` wrote, or an SSH key.")

    @classmethod
    def passphrase(cls) -> Self:
        """Say that a file of keys did not open."""
        return cls("The passphrase does not open the file with the key. Check it, and that the file is encrypted with one.")


class NotEmpty(ReadinessError):
    """A database or a store that something stands in already."""

    status = 409
    code = "keeping.not_empty"
    title = "Something stands here already"
