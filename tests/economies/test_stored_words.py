"""What the tables hold from the start is known to translators."""

from __future__ import annotations

import csv

from app.economies.stored_words import GROUP_TITLES, SCALES
from app.infra.db import Database
from tests.databases import only_sqlite
from tests.scenarios import FIGURES, Scene


@only_sqlite
def test_every_title_of_a_group_is_marked(database: Database) -> None:
    titles = {str(title) for (title,) in Scene(database).rows("SELECT title FROM economy_group")}

    assert titles - set(GROUP_TITLES) == set()


def test_every_scale_of_a_figure_is_marked() -> None:
    with FIGURES.open(encoding="utf-8", newline="") as file:
        scales = {row["scale"] for row in csv.DictReader(file)}

    assert scales - set(SCALES) == set()
