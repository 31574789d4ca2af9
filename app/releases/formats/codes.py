"""The tables of codes: what a code of a figure means, the items behind the scores, and the dictionary of all columns."""

from __future__ import annotations

from app.releases.formats.columns import Column, Kind, Table

TEXT, NUMBER, INTEGER, LIST, BOOLEAN = Kind.TEXT, Kind.NUMBER, Kind.INTEGER, Kind.LIST, Kind.BOOLEAN

_CODE = Column("code", TEXT, "The code.", "A")
_TITLE = Column("title", TEXT, "What it is called, or means.", "Verified")
_MEANING = Column("meaning", TEXT, "What it means, in a sentence.", "As the economy reported it.")
_VERSION = Column("version", TEXT, "Version of the questionnaire.", "2026.1")


def _plain(name: str, title: str) -> Table:
    return Table(name, title, f"{title}, with what they mean.", (_CODE, _MEANING), ("code",))


CODELISTS = {
    table.name: table
    for table in (
        Table(
            "economies",
            "Economies",
            "Every economy that this service knows, whether it takes part or not.",
            (
                Column("code", TEXT, "ISO 3166-1 alpha-3.", "PER"),
                Column("alpha_2", TEXT, "ISO 3166-1 alpha-2.", "PE", is_optional=True),
                Column("abbreviation", TEXT, "Abbreviation as the host of the group uses it.", "PE"),
                Column("name", TEXT, "Short name.", "Peru"),
                Column("formal_name", TEXT, "Name for documents.", "Peru"),
                Column("groups", LIST, "Codes of the groups that it is in.", ("APEC",), codelist="groups", is_optional=True),
            ),
            ("code",),
        ),
        Table(
            "groups",
            "Groups of economies",
            "Groups are fixed before results are known.",
            (
                Column("code", TEXT, "Code of the group.", "APEC"),
                Column("title", TEXT, "What it is called.", "APEC member economies"),
                Column("kind", TEXT, "`members` take part; `peers` are compared with.", "members", codes=("members", "peers")),
                Column("peers_of", TEXT, "For peers, the group whose members they are.", "APEC", is_optional=True),
                Column("economies", LIST, "Codes of its economies.", ("PER", "NZL"), codelist="economies", is_optional=True),
            ),
            ("code",),
        ),
        Table(
            "nodes",
            "Nodes of the scheme",
            "Everything that has a score of its own, in each version of the questionnaire.",
            (
                _VERSION,
                Column("code", TEXT, "Code of the node.", "B1"),
                Column("title", TEXT, "What it is called.", "Public sector capacity"),
                Column("level", TEXT, "The kind of node: its tier.", "pillar", codelist="levels"),
                Column("parent", TEXT, "The node that it feeds.", "0", is_optional=True),
                Column("weight", NUMBER, "Its weight beside its siblings.", 1.0, least=0),
                Column("scale", NUMBER, "The highest score.", 100.0, least=0),
                Column("decimals", INTEGER, "Decimals in which scores are shown, rounded half up.", 1, least=0),
                Column("description", TEXT, "What it is about.", "What ministries can do.", is_optional=True),
            ),
            ("version", "code"),
        ),
        Table(
            "levels",
            "Levels",
            "Kinds of nodes: tiers of the scheme.",
            (_CODE, Column("title", TEXT, "What its nodes are called together.", "Capacity pillars", is_optional=True)),
            ("code",),
        ),
        Table(
            "bands",
            "Bands",
            "Named ranges of scores, lowest first.",
            (
                _VERSION,
                Column("code", TEXT, "Code of the band.", "established"),
                Column("title", TEXT, "What it is called.", "Established"),
                Column("floor", NUMBER, "The lowest score of the band.", 40.0),
                Column("description", TEXT, "What a score in this band means.", "Rules are applied.", is_optional=True),
            ),
            ("version", "code"),
        ),
        _plain("series", "Series"),
        _plain("reasons", "Reasons why there is no score"),
        _plain("suppressions", "Reasons why a group has no figures"),
        _plain("obs_status", "Observation status (SDMX CL_OBS_STATUS)"),
        _plain("conf_status", "Confidentiality (SDMX CL_CONF_STATUS)"),
        _plain("grades", "Grades of evidence"),
    )
}
ITEMS = Table(
    "items",
    "Items",
    "Every question of each version of the questionnaire in the release, flat.",
    (
        _VERSION,
        Column("code", TEXT, "Code of the item.", "B1-04"),
        Column("section", TEXT, "Code of its section.", "B1"),
        Column("node", TEXT, "The node that it scores in.", "B1", codelist="nodes", is_optional=True),
        Column("kind", TEXT, "What kind of question it is.", "maturity"),
        Column("text", TEXT, "The question.", "How far is the strategy carried out?"),
        Column("is_core", BOOLEAN, "Whether sign-off needs it to be dealt with.", example=True),
        Column("is_scored", BOOLEAN, "Whether it counts in the scores.", example=True),
        Column("weight", NUMBER, "Its weight beside the other children of its node.", 1.0, least=0),
        Column("levels", LIST, "Its levels or options, each as `code: text`.", ("1: None.",), is_optional=True),
        Column("points", LIST, "Points of each level or option, where they are written.", ("0", "100"), is_optional=True),
        Column("unit", TEXT, "Unit of a number.", "USD", is_optional=True),
        Column("goalpost_low", NUMBER, "The value that scores nothing.", 0.0, is_optional=True),
        Column("goalpost_high", NUMBER, "The value that scores everything.", 50.0, is_optional=True),
        Column("goalpost_scale", TEXT, "How values between are scored.", "linear", codes=("linear", "log"), is_optional=True),
        Column("clauses", LIST, "Codes of the clauses that it covers.", ("B.i.1",), is_optional=True),
        Column("replaces", TEXT, "The item of an earlier version whose place it takes.", "B1-03", is_optional=True),
        Column("change", TEXT, "What happened to it since the version before.", "clarified"),
        Column("comparable_with", LIST, "Versions whose answers to it mean the same.", ("2025.1",), is_optional=True),
        Column("comparability_note", TEXT, "What a reader of a trend must know.", "Asked more narrowly.", is_optional=True),
    ),
    ("version", "code"),
)
DICTIONARY = Table(
    "dictionary",
    "Data dictionary",
    "Every column of every file of a release.",
    (
        Column("table", TEXT, "The table.", "scores"),
        Column("column", TEXT, "The column.", "coverage"),
        Column("type", TEXT, "Type of its values.", "number", codes=tuple(kind.value for kind in Kind)),
        Column("is_optional", BOOLEAN, "Whether a value may be absent.", example=False),
        Column("unit", TEXT, "Unit of its values.", "share, 0 to 1", is_optional=True),
        Column("meaning", TEXT, "What it says.", "Share of the applicable weight that is answered."),
        Column("codelist", TEXT, "The codelist that explains its values.", "reasons", is_optional=True),
        Column("allowed", LIST, "Every value that it may have, where they are few.", ("self", "reviewed"), is_optional=True),
        Column("minimum", NUMBER, "Smallest value.", 0.0, is_optional=True),
        Column("maximum", NUMBER, "Largest value.", 1.0, is_optional=True),
    ),
    ("table", "column"),
)
RELEASES = Table(
    "releases",
    "Releases",
    "Every release, the newest first in each questionnaire.",
    (
        Column("questionnaire", TEXT, "Code of the questionnaire.", "apec-ai-review"),
        Column("title", TEXT, "Title of the questionnaire.", "AI Readiness Review"),
        Column("cycle", TEXT, "Code of the collection round.", "2026"),
        Column("cycle_title", TEXT, "Title of the collection round.", "Cycle 2026"),
        Column("release", TEXT, "Number of the release: cycle, release, patch.", "2026.1.0"),
        Column("released_at", Kind.TIME, "When it was published (UTC).", "2026-11-28T09:00:00Z"),
        Column("last_updated", Kind.TIME, "When what is shown of it last changed.", "2026-11-28T09:00:00Z"),
        Column("replaced_by", TEXT, "The newest release of the same cycle, where it is another.", "2026.1.1", is_optional=True),
        Column("withdrawn_scores", INTEGER, "How many of its scores were withdrawn since.", 0, least=0),
        Column("checksum", TEXT, "SHA-256 of its canonical content on the day of release."),
        Column("licence", TEXT, "Licence of the data.", "CC BY 4.0"),
        Column("citation", TEXT, "How to cite it."),
        Column("notice", TEXT, "What every reader must know.", "Demonstration data.", is_optional=True),
        Column("address", TEXT, "Where to read on.", "/api/v1/releases/apec-ai-review/2026.1.0"),
    ),
    ("questionnaire", "release"),
)
