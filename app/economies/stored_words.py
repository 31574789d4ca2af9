"""What the tables hold in English from the start, marked here so that catalogues know it; pages say it with `_()`."""

from __future__ import annotations

from app.kit.say import mark

GROUP_TITLES = (
    mark("APEC member economies"),
    mark("ASEAN Member States"),
    mark("APEC economies with high income"),
    mark("APEC economies with middle income"),
    mark("Economies of the Blavatnik Index 2024"),
    mark("Sub-Saharan Africa"),
    mark("Americas"),
    mark("Eastern Europe"),
    mark("Asia and Pacific"),
    mark("Western Europe"),
    mark("Middle East, North Africa and Central Asia"),
    mark("Participants in the ASEAN-U.S. statement on AI (2024)"),
)
SCALES = (
    mark("0 to 1"),
    mark("0 to 100"),
    mark("0 to 0.25 (already divided by 4)"),
    mark("A to D"),
    mark("% of working-age population"),
)
"""Scales of reference figures."""
