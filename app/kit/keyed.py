"""A value in a cache that goes by a key of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Keyed(Generic[T]):
    """Two of the same key are the same to a cache: comparing whole documents would cost more than what is cached."""

    key: str
    value: T = field(compare=False)
