"""Why a file is not taken."""

from __future__ import annotations

from app.kit.errors import FieldProblem, Invalid, ReadinessError


class BadFile(Invalid):
    """This file is not one that is kept; the message says why, and what to do."""

    def __init__(self, problem: str, message: str) -> None:
        super().__init__([FieldProblem("file", problem, message)])
        self.problem = problem


class StorageFull(ReadinessError):
    """There is no room for another file; nothing was changed."""

    status = 507
    code = "storage_full"
    title = "There is no room for this file at present"


class FileLost(ReadinessError):
    """The file is gone, or is not what was put there: it is not shown, and those who run the service must look."""

    status = 410
    code = "file_lost"
    title = "This file cannot be shown any more"
