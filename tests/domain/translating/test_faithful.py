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
        ("See [it](https://a.org/b).", "Véase [esto](https://a.org/b).", ()),
        ("See https://a.org/b.", "Véase https://a.org/b, por favor.", ()),
        ("See https://a.org/b.", "参见 https://a.org/b。谢谢", ()),
        ("**Data:** all that is there.", "**Datos:** todo lo que hay.", ()),
        ("Note: one.", "Nota: uno.", ()),
        ("See it.", "Véase [esto](https://evil.example).", ("links",)),
        ("See it.", "Véase [esto](//evil.example).", ("links",)),
        ("See it.", "Véase [esto].\n\n[esto]: /salir", ("links",)),
        ("See it.", "Véase ![esto](/x.png).", ("links",)),
        ("See it.", "Véase https://evil.example.", ("links",)),
        ("See it.", "Véase www.evil.example.", ("links",)),
        ("See it.", "Escriba a mailto:a@evil.example.", ("links",)),
        ("See [it](https://a.org).", "Véase [esto](https://evil.example).", ("links",)),
        ("See [it](https://a.org).", "Véase esto.", ("links",)),
        ("See https://a.org/b.", "Véase https://a.orgж.example/b.", ("links",)),
        ("Why", "x" * 4_001, ("too_long",)),
        ("Why", "x\x07", ("forbidden_characters",)),
    ],
)
def test_each_loss_is_named(source: str, said: str, found: tuple[str, ...]) -> None:
    assert faults("text", source, said) == found


def test_prose_may_be_longer_than_a_line() -> None:
    assert faults("level 1 text", "x", "y" * 5_000) == ("too_long",)
    assert faults("evidence guidance", "x", "y" * 5_000) == ()
