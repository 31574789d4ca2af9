"""The structures of releases: concepts, lists of codes, data structures and dataflows, and who refers to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pysdmx.model import (
    Agency,
    AgencyScheme,
    Annotation,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    Role,
)

from app.releases.readable import ReadableRelease
from app.releases.sdmx import codelists
from app.releases.sdmx.codelists import CodeTree, own_id
from app.releases.sdmx.components import PARTS, Part
from app.releases.sdmx.identifiers import FIXED, Kind, Name
from app.releases.service import LICENCE, LICENCE_URL, ReleaseEntry

CONCEPT_SCHEME = "CS_READINESS"
Made = AgencyScheme | Codelist | ConceptScheme | Dataflow | DataStructureDefinition


@dataclass(frozen=True, slots=True)
class Source:
    """Who publishes: the agency's id and name, and the address of this service for links."""

    agency: str
    title: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Artefact:
    """One structure: its name, what it is made of, what it refers to, and the parents of its codes."""

    name: Name
    made: Made
    refers_to: tuple[Name, ...] = ()
    parents: Mapping[str, str] = field(default_factory=dict)


def shared_artefacts(source: Source) -> list[Artefact]:
    """Return what all releases have in common."""
    lists = [_of_codes(tree) for tree in codelists.shared_lists(source.agency)]
    return [_agencies(source), _concepts(source.agency), *lists]


def artefacts_of(source: Source, release: ReadableRelease) -> list[Artefact]:
    """Return what one release has of its own: its dataflow, its data structure, its lists."""
    lists = [_of_codes(tree) for tree in codelists.own_lists(source.agency, release)]
    known = {each.name.id: each for each in [*lists, *(_of_codes(tree) for tree in codelists.shared_lists(source.agency))]}
    structure = _structure(source, release.entry, known)
    return [dataflow_of(source, release.entry), structure, *lists]


def dataflow_of(source: Source, entry: ReleaseEntry) -> Artefact:
    """Return the dataflow of a release; all it says stands in the release's entry."""
    name = flow_name(source, entry)
    structure = structure_name(source, entry)
    made = Dataflow(
        id=name.id,
        name=entry.title,
        description=_description(entry),
        agency=source.agency,
        version=name.version,
        urn=name.urn,
        is_final=True,
        structure=structure.urn,
        annotations=_annotations(source, entry),
    )
    return Artefact(name, made, (structure,))


def flow_name(source: Source, entry: ReleaseEntry) -> Name:
    """Return the name of a release's dataflow: the questionnaire's code and the release's number."""
    return Name(Kind.DATAFLOW, source.agency, entry.questionnaire, str(entry.number))


def structure_name(source: Source, entry: ReleaseEntry) -> Name:
    """Return the name of a release's data structure."""
    return Name(Kind.STRUCTURE, source.agency, own_id("DSD", entry.questionnaire), str(entry.number))


def licence_url(entry: ReleaseEntry) -> str | None:
    """Return where the text of the licence stands; the words of a licence may say more than its name."""
    return LICENCE_URL if entry.licence_url is None and entry.licence.startswith(LICENCE) else entry.licence_url


def _description(entry: ReleaseEntry) -> str:
    return " ".join(part for part in (f"{entry.cycle_title}, release {entry.number}.", entry.notice, entry.note) if part)


def _annotations(source: Source, entry: ReleaseEntry) -> list[Annotation]:
    address = f"{source.base_url}/api/v1/releases/{entry.questionnaire}/{entry.number}"
    found = [
        Annotation(id="LICENCE", text=entry.licence, url=licence_url(entry)),
        Annotation(id="CITATION", text=entry.citation),
        Annotation(id="METHOD", title=f"Method {entry.method_version}", url=f"{address}/dictionary"),
        Annotation(id="RELEASE", title=str(entry.number), url=address),
        Annotation(id="CHECKSUM", title="SHA-256", text=entry.checksum),
    ]
    return [*found, Annotation(id="NOTICE", text=entry.notice)] if entry.notice else found


def _agencies(source: Source) -> Artefact:
    name = Name(Kind.AGENCIES, "SDMX", "AGENCIES", "1.0")
    agency = Agency(id=source.agency, name=source.title, urn=name.item(source.agency))
    scheme = AgencyScheme(agency="SDMX", name="Agencies", urn=name.urn, items=[agency], is_partial=True)
    return Artefact(name, scheme)


def concept_scheme(agency: str, concepts: Sequence[Concept], *, is_partial: bool = True) -> ConceptScheme:
    """Return the scheme of concepts, or a part of it."""
    name = Name(Kind.CONCEPTS, agency, CONCEPT_SCHEME, FIXED)
    return ConceptScheme(
        id=name.id,
        name="Concepts of readiness reviews",
        agency=agency,
        version=FIXED,
        urn=name.urn,
        items=concepts,
        is_final=True,
        is_partial=is_partial,
    )


def _concepts(agency: str) -> Artefact:
    name = Name(Kind.CONCEPTS, agency, CONCEPT_SCHEME, FIXED)
    return Artefact(name, concept_scheme(agency, [_concept(name, part) for part in PARTS], is_partial=False))


def _concept(scheme: Name, part: Part) -> Concept:
    return Concept(id=part.id, name=part.name, description=part.description, urn=scheme.item(part.id))


def _of_codes(tree: CodeTree) -> Artefact:
    made = tree.codes
    return Artefact(Name(Kind.CODES, str(made.agency), made.id, made.version), made, (), tree.parents)


def _structure(source: Source, entry: ReleaseEntry, lists: Mapping[str, Artefact]) -> Artefact:
    name = structure_name(source, entry)
    concepts = Name(Kind.CONCEPTS, source.agency, CONCEPT_SCHEME, FIXED)
    used = {part.id: found for part in PARTS if (found := _list_of(part, entry, lists)) is not None}
    made = DataStructureDefinition(
        id=name.id,
        name=f"Scores and figures of groups: {entry.title}",
        agency=source.agency,
        version=name.version,
        urn=name.urn,
        is_final=True,
        components=Components([_component(part, concepts, used.get(part.id)) for part in PARTS]),
    )
    return Artefact(name, made, (concepts, *_names(used.values())))


def _names(used: Iterable[Artefact]) -> list[Name]:
    return list(dict.fromkeys(each.name for each in used))


def _list_of(part: Part, entry: ReleaseEntry, lists: Mapping[str, Artefact]) -> Artefact | None:
    """Return the list of a component; a questionnaire without bands has none for its bands."""
    if part.codes is None:
        return None
    return lists.get(own_id(part.codes, entry.questionnaire) if part.own else part.codes)


def _component(part: Part, concepts: Name, codes: Artefact | None) -> Component:
    # Without both the codes and their URN, the library's JSON writer leaves the list out without a word.
    made = codes.made if codes is not None else None
    return Component(
        id=part.id,
        required=part.required,
        role=part.role,
        concept=_concept(concepts, part),
        local_dtype=None if codes is not None else part.dtype,
        local_codes=made if isinstance(made, Codelist) else None,
        local_enum_ref=None if codes is None else codes.name.urn,
        attachment_level="O" if part.role is Role.ATTRIBUTE else None,
    )
