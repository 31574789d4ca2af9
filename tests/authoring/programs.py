"""A program with an administrator's key, as it speaks to the JSON edge of drafts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from httpx2 import Response

from app.accounts.scopes import READS, Scope
from tests.scenarios import Client, problem

AUTHOR = READS | {Scope.AUTHOR}
Open = Callable[..., "Program"]


@dataclass
class Program:
    """A program with a key; `at` is the draft that it works on."""

    client: Client
    at: str

    def get(self, path: str = "", **headers: str) -> Response:
        return self.client.get(self.at + path, headers=headers)

    def etag(self, path: str) -> str:
        return str(self.get(path).headers["etag"])

    def put(self, path: str, body: object, seen: str | None = None) -> Response:
        headers = {} if seen is None else {"If-Match": seen}
        return self.client.put(self.at + path, json=body, headers=headers)

    def post(self, path: str, body: object) -> Response:
        return self.client.post(self.at + path, json=body)

    def delete(self, path: str, seen: str | None = None) -> Response:
        return self.client.delete(self.at + path, headers={} if seen is None else {"If-Match": seen})


def refused(answer: Response, status: int, code: str) -> dict[str, object]:
    found = problem(answer)
    assert (answer.status_code, found["code"]) == (status, code), found
    assert found["detail"]
    return found


def fields(answer: Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(str(one["field"]), str(one["code"])) for one in answer.json()["problems"]]
