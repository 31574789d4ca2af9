"""Lists of codes: those that are alike for all releases, and those of one release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pysdmx.model import Annotation, Code, Codelist

from app.domain.questionnaire.document import Node, Questionnaire
from app.domain.release.status import ConfStatus, ObsStatus
from app.domain.scoring.normalise import Series
from app.releases.readable import ReadableRelease
from app.releases.sdmx.identifiers import FIXED, Kind, Name, code_id, version_id

STATISTICS = {
    "score": "Score of one economy",
    "n": "Number of economies that contribute",
    "mean": "Mean of the group",
    "minimum": "Lowest score of the group",
    "q1": "Lower quartile of the group (type 7)",
    "median": "Median of the group",
    "q3": "Upper quartile of the group (type 7)",
    "maximum": "Highest score of the group",
}
SCORE, COUNT, MEDIAN = "score", "n", "median"
POINTS, ECONOMIES, SHARE = "points", "economies", "share"

_SHARED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "CL_FREQ": ("Frequency; a part of SDMX's list", {"A": "Annual"}),
    "CL_SERIES": (
        "Whose word a score takes",
        {
            Series.SELF: "As the economy answered",
            Series.EVIDENCE_SUPPORTED: "High answers count only as far as evidence is given",
            Series.REVIEWED: "As agreed with invited reviewers",
        },
    ),
    "CL_STATISTIC": ("Which figure it is", STATISTICS),
    "CL_OBS_STATUS": (
        "Observation status; a part of SDMX's list",
        {
            ObsStatus.NORMAL: "Normal value: verified, or as another institution published it",
            ObsStatus.BREAK: "Time series break",
            ObsStatus.NOT_COLLECTED: "Missing value; data exist but were not collected",
            ObsStatus.CANNOT_EXIST: "Missing value; data cannot exist",
            ObsStatus.MISSING: "Missing value",
            ObsStatus.SUPPRESSED: "Missing value; suppressed",
            ObsStatus.UNVALIDATED: "Unvalidated value: as received from the respondent",
        },
    ),
    "CL_CONF_STATUS": (
        "Confidentiality status; a part of SDMX's list",
        {
            ConfStatus.FREE: "Free for publication",
            ConfStatus.NOT_PUBLISHED: "Not for publication",
            ConfStatus.SECONDARY: "Secondary confidentiality: it would give other values away",
        },
    ),
    "CL_UNIT": ("Unit of measure", {POINTS: "Points on the scale of the questionnaire", ECONOMIES: "Number of economies"}),
    "CL_GRADE": (
        "Grade of evidence",
        {
            "A": "At least 0.8 of the answered weight has evidence",
            "B": "At least 0.5 of the answered weight has evidence",
            "C": "Less than 0.5 of the answered weight has evidence",
        },
    ),
}


@dataclass(frozen=True, slots=True)
class CodeTree:
    """A list of codes, and the parents of those that have one: the library's own codes have none."""

    codes: Codelist
    parents: Mapping[str, str]


def shared_lists(agency: str) -> Iterator[CodeTree]:
    """Return the lists that are the same for all releases."""
    for id_, (name, entries) in _SHARED.items():
        yield _tree(Name(Kind.CODES, agency, id_, FIXED), name, ((code, title, None) for code, title in entries.items()))


def own_lists(agency: str, release: ReadableRelease) -> Iterator[CodeTree]:
    """Return the lists of one release: its economies and groups, nodes, versions, and bands where it has them."""
    entry = release.entry
    number = str(entry.number)

    def named(id_: str) -> Name:
        return Name(Kind.CODES, agency, own_id(id_, entry.questionnaire), number)

    yield _areas(named("CL_AREA"), release)
    nodes = _nodes(release)
    yield _tree(
        named("CL_INDICATOR"),
        f"Nodes: {entry.title}",
        ((code_id(node.code), node.title, node.description) for node in nodes),
        {code_id(node.code): code_id(node.parent) for node in nodes if node.parent is not None},
    )
    versions = (
        (version_id(version), f"{entry.title}, version {version}", f"SHA-256 {hash_}") for version, hash_ in entry.versions
    )
    yield _tree(named("CL_INSTRUMENT"), f"Versions: {entry.title}", versions)
    bands = {band.code: band for document in release.release.documents.values() for band in document.scheme.bands}
    if bands:
        entries = ((code_id(band.code), band.title, band.description) for band in bands.values())
        yield _tree(named("CL_LEVEL"), f"Bands: {entry.title}", entries)


def own_id(id_: str, questionnaire: str) -> str:
    """Return the id of a list that each questionnaire has of its own."""
    return f"{id_}_{questionnaire}"


def group_id(group: str, economies: Iterable[str]) -> str:
    """Return the code of a group; one that is called like an economy gets another."""
    return f"{code_id(group)}-group" if group in economies else code_id(group)


def replaced(whole: Codelist, codes: Sequence[Code]) -> Codelist:
    """Return a list with only some of its codes."""
    return Codelist(
        id=whole.id,
        name=whole.name,
        agency=whole.agency,
        version=whole.version,
        urn=whole.urn,
        items=codes,
        is_final=True,
        is_partial=True,
    )


def _areas(name: Name, release: ReadableRelease) -> CodeTree:
    economies = [
        Code(
            id=code_id(code),
            name=names.short_name,
            urn=name.item(code_id(code)),
            annotations=[Annotation(id="ABBREVIATION", text=names.abbreviation)] if names.abbreviation else [],
        )
        for code, names in release.release.economies.items()
    ]
    groups = [
        Code(id=id_, name=title, urn=name.item(id_), annotations=[Annotation(id="GROUP", text=group)])
        for group, title in release.group_titles.items()
        for id_ in (group_id(group, release.release.economies),)
    ]
    return CodeTree(_codelist(name, "Economies and groups of economies", [*economies, *groups]), {})


def _nodes(release: ReadableRelease) -> list[Node]:
    """Return every node of every version in the release, as its newest version has it."""
    documents: list[Questionnaire] = [release.release.documents[version] for version, _ in release.entry.versions]
    return list({node.code: node for document in documents for node in document.scheme.nodes}.values())


def _tree(
    name: Name, title: str, entries: Iterable[tuple[str, str, str | None]], parents: Mapping[str, str] | None = None
) -> CodeTree:
    codes = [Code(id=str(id_), name=text, description=more, urn=name.item(str(id_))) for id_, text, more in entries]
    return CodeTree(_codelist(name, title, codes), parents or {})


def _codelist(name: Name, title: str, codes: Sequence[Code]) -> Codelist:
    return Codelist(id=name.id, name=title, agency=name.agency, version=name.version, urn=name.urn, items=codes, is_final=True)
