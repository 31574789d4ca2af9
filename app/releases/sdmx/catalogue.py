"""Which structures there are, by name, who refers to whom, and what a question for structures means."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pysdmx.model import AgencyScheme, Codelist, ConceptScheme

from app.kit.say import say
from app.releases.readable import ReadableRelease
from app.releases.sdmx import codelists, structures
from app.releases.sdmx.codelists import own_id, replaced
from app.releases.sdmx.components import PARTS
from app.releases.sdmx.identifiers import Kind, Name, is_offered
from app.releases.sdmx.refusals import Misspelt, NoResults
from app.releases.sdmx.structures import Artefact, Made, Source
from app.releases.sdmx.versions import matching
from app.releases.service import ReleaseEntry
from app.releases.shelf import Shelf

_OWN_LISTS = tuple(dict.fromkeys(part.codes for part in PARTS if part.own and part.codes is not None))
_ANY = frozenset({"*", "all"})

Reference = Callable[["Catalogue", Iterable[Name]], set[Name]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question for structures, each part as it is written in the address."""

    kind: str
    agency: str
    id: str
    version: str
    item: str
    references: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every structure by its name, with the release that it belongs to, and what it refers to."""

    source: Source
    entries: tuple[ReleaseEntry, ...]
    names: Mapping[Name, ReleaseEntry | None]
    refers_to: Mapping[Name, frozenset[Name]]

    def children(self, names: Iterable[Name]) -> set[Name]:
        """Return what these refer to."""
        return set[Name]().union(*(self.refers_to.get(name, frozenset()) for name in names))

    def parents(self, names: Iterable[Name]) -> set[Name]:
        """Return what refers to these."""
        wanted = set(names)
        return {name for name, used in self.refers_to.items() if used & wanted}

    def flows(self, agency: str, questionnaire: str, version: str) -> list[ReleaseEntry]:
        """Return the releases that a dataflow's name means. Raises NoResults."""
        found = [entry for entry in self.entries if _is_meant(questionnaire, entry.questionnaire)]
        numbers = matching(version, {str(entry.number) for entry in found})
        if not _is_meant(agency, self.source.agency):
            numbers = []
        wanted = [entry for entry in found if str(entry.number) in numbers]
        if not wanted:
            raise NoResults(say("There is no such dataflow. {address} lists all.", address="/sdmx/2.1/dataflow"))
        return wanted


def open_catalogue(shelf: Shelf, source: Source) -> Catalogue:
    """Return the catalogue of today's releases, as far as SDMX can name them."""
    entries = tuple(entry for entry in shelf.entries() if is_offered(entry.questionnaire, entry.number))
    shared = {each.name for each in structures.shared_artefacts(source)}
    names: dict[Name, ReleaseEntry | None] = dict.fromkeys(sorted(shared))
    refers_to: dict[Name, frozenset[Name]] = {}
    for entry in entries:
        flow, structure = structures.flow_name(source, entry), structures.structure_name(source, entry)
        lists = {Name(Kind.CODES, source.agency, own_id(id_, entry.questionnaire), str(entry.number)) for id_ in _OWN_LISTS}
        names |= dict.fromkeys([flow, structure, *sorted(lists)], entry)
        refers_to[flow] = frozenset({structure})
        refers_to[structure] = frozenset(lists | {name for name in shared if name.kind is not Kind.AGENCIES})
    return Catalogue(source, entries, names, refers_to)


def find_structures(shelf: Shelf, catalogue: Catalogue, wanted: Wanted) -> list[Artefact]:
    """Return the structures that a question means, and those that its `references` ask for. Raises NoResults."""
    found = _found(catalogue, wanted)
    more = _referenced(catalogue, found, wanted.references)
    made = _made(shelf, catalogue, [name for name in catalogue.names if name in found | more])
    whole = [each if each.name not in found else _with_items(each, wanted.item) for each in made]
    kept = [each for each in whole if each is not None]
    if not any(each.name in found for each in kept):
        raise NoResults(say("There is no such structure. {address} lists all dataflows.", address="/sdmx/2.1/dataflow"))
    return kept


def _found(catalogue: Catalogue, wanted: Wanted) -> set[Name]:
    kinds = set(Kind) if wanted.kind in _ANY else {kind for kind in Kind if kind == wanted.kind}
    meant = [
        name
        for name in catalogue.names
        if name.kind in kinds and _is_meant(wanted.agency, name.agency) and _is_meant(wanted.id, name.id)
    ]
    found: set[Name] = set()
    for kind, id_ in {(name.kind, name.id) for name in meant}:
        alike = {name.version: name for name in meant if (name.kind, name.id) == (kind, id_)}
        found |= {alike[version] for version in matching(wanted.version, alike)}
    return found


def _is_meant(pattern: str, text: str) -> bool:
    return any(each in _ANY or each == text for each in pattern.replace("+", ",").split(","))


def _descendants(catalogue: Catalogue, names: Iterable[Name]) -> set[Name]:
    children = catalogue.children(names)
    return children | catalogue.children(children)


def _ancestors(catalogue: Catalogue, names: Iterable[Name]) -> set[Name]:
    parents = catalogue.parents(names)
    return parents | catalogue.parents(parents)


def _with_siblings(catalogue: Catalogue, names: Iterable[Name]) -> set[Name]:
    parents = catalogue.parents(names)
    return parents | catalogue.children(parents)


def _everything(catalogue: Catalogue, names: Iterable[Name]) -> set[Name]:
    held = set(names)
    agencies = {name for name in catalogue.names if name.kind is Kind.AGENCIES}
    return _with_siblings(catalogue, held) | _descendants(catalogue, held) | agencies


_REFERENCES: Mapping[str, Reference] = {
    "none": lambda _catalogue, _names: set(),
    "children": lambda catalogue, names: catalogue.children(names),
    "descendants": _descendants,
    "parents": lambda catalogue, names: catalogue.parents(names),
    "ancestors": _ancestors,
    "parentsandsiblings": _with_siblings,
    "all": _everything,
}


def _referenced(catalogue: Catalogue, names: set[Name], references: str) -> set[Name]:
    """Return what one or more words for references add; the name of a kind adds what is of that kind."""
    found: set[Name] = set()
    for word in references.split(","):
        if word in _REFERENCES:
            found |= _REFERENCES[word](catalogue, names)
        elif word in set(Kind):
            around = _everything(catalogue, names) | _ancestors(catalogue, names)
            found |= {name for name in around if name.kind == word}
        else:
            known = ", ".join([*_REFERENCES, *Kind])
            raise Misspelt(say("Choose as references one of: {names}.", names=known))
    return found


def _made(shelf: Shelf, catalogue: Catalogue, names: Sequence[Name]) -> list[Artefact]:
    """Make the structures of these names; a release is opened only for what its entry does not tell."""
    made = {each.name: each for each in structures.shared_artefacts(catalogue.source)}
    for entry in {entry.id: entry for name in names if (entry := catalogue.names[name]) is not None}.values():
        flow = structures.dataflow_of(catalogue.source, entry)
        made[flow.name] = flow
        if any(catalogue.names[name] == entry and name != flow.name for name in names):
            release = shelf.get(entry.questionnaire, str(entry.number))
            made |= {each.name: each for each in structures.artefacts_of(catalogue.source, release)}
    return [made[name] for name in names if name in made]  # a questionnaire without bands has no list of them


def _with_items(each: Artefact, item: str) -> Artefact | None:
    """Return a list with only the items that the question names; None where it has none of them."""
    if item in _ANY:
        return each
    wanted = set(item.replace("+", ",").split(","))
    made = _part_of(each.made, wanted)
    parents = {code: parent for code, parent in each.parents.items() if parent in wanted}
    return None if made is None else Artefact(each.name, made, each.refers_to, parents)


def _part_of(made: Made, wanted: Collection[str]) -> Made | None:
    if isinstance(made, Codelist):
        codes = [code for code in made.items if code.id in wanted]
        return replaced(made, codes) if codes else None
    if isinstance(made, ConceptScheme):
        concepts = [concept for concept in made.items if concept.id in wanted]
        return structures.concept_scheme(str(made.agency), concepts) if concepts else None
    return made if isinstance(made, AgencyScheme) and any(agency.id in wanted for agency in made.items) else None


def codes_of(source: Source, release: ReadableRelease) -> dict[str, frozenset[str]]:
    """Return the codes that each coded dimension of a release may have."""
    trees = [*codelists.shared_lists(source.agency), *codelists.own_lists(source.agency, release)]
    lists = {tree.codes.id: frozenset(code.id for code in tree.codes.items) for tree in trees}
    own = {part.id: own_id(part.codes, release.entry.questionnaire) for part in PARTS if part.own and part.codes}
    shared = {part.id: part.codes for part in PARTS if not part.own and part.codes}
    return {id_: lists[list_] for id_, list_ in (shared | own).items() if list_ in lists}
