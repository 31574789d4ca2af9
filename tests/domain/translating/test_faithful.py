"""What a translation must keep of its source."""

from __future__ import annotations

import pytest

from app.domain.translating.faithful import faults


@pytest.mark.parametrize(
    ("source", "said", "found"),
    [
        ("Name {name}.", "Nombre {name}.", ()),
        ("Name {name}.", "Nombre {nombre}.", ("placeholders",)),
        ("A brace { alone", "Una llave { sola", ()),
        ("A brace { alone", "Una llave sola", ("placeholders",)),
        ("Half: 50 %%.", "La mitad: 50.", ("percent",)),
        ("x < y", "x < y", ()),
        ("x", "<b>x</b>", ("markup",)),
        ("- one\n- two", "- uno\n- dos", ()),
        ("- one\n- two", "- uno", ("points",)),
        ("**Why.** Because.", "**Por qué.** Porque.", ()),
        ("**Why.** Because.", "**Por qué. Porque.", ("emphasis",)),
        ("Why", "x" * 4_001, ("too_long",)),
        ("Why", "x\x07", ("forbidden_characters",)),
    ],
)
def test_each_loss_is_named(source: str, said: str, found: tuple[str, ...]) -> None:
    assert faults("text", source, said) == found


def test_prose_may_be_longer_than_a_line() -> None:
    assert faults("level 1 text", "x", "y" * 5_000) == ("too_long",)
    assert faults("evidence guidance", "x", "y" * 5_000) == ()
