"""Names of things in SDMX: ids, versions and URNs, from the codes that everything here has already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from app.domain.release.number import ReleaseNumber

FIXED = "1.0.0"
"""The version of what is the same for all releases: concepts and the lists of SDMX's own codes."""

SDMX = "/sdmx/3.0/data/dataflow/*/{questionnaire}/{number}/*"
"""Where a whole release is served, in SDMX 3.0."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_YEAR = re.compile(r"[12][0-9]{3}")


class Kind(StrEnum):
    """Kinds of structures that there are, by their names in addresses."""

    AGENCIES = "agencyscheme"
    DATAFLOW = "dataflow"
    STRUCTURE = "datastructure"
    CODES = "codelist"
    CONCEPTS = "conceptscheme"


_CLASSES = {
    Kind.AGENCIES: "base.AgencyScheme",
    Kind.DATAFLOW: "datastructure.Dataflow",
    Kind.STRUCTURE: "datastructure.DataStructure",
    Kind.CODES: "codelist.Codelist",
    Kind.CONCEPTS: "conceptscheme.ConceptScheme",
}
_ITEMS = {Kind.CODES: "codelist.Code", Kind.CONCEPTS: "conceptscheme.Concept", Kind.AGENCIES: "base.Agency"}


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """What identifies a structure."""

    kind: Kind
    agency: str
    id: str
    version: str

    @property
    def urn(self) -> str:
        """Return its URN."""
        return f"urn:sdmx:org.sdmx.infomodel.{_CLASSES[self.kind]}={self.agency}:{self.id}({self.version})"

    def item(self, code: str) -> str:
        """Return the URN of one of its items."""
        return f"urn:sdmx:org.sdmx.infomodel.{_ITEMS[self.kind]}={self.agency}:{self.id}({self.version}).{code}"


def is_offered(questionnaire: str, number: ReleaseNumber) -> bool:
    """Tell whether a release can be named in SDMX: a questionnaire by an identifier, a cycle by its year."""
    return _NAME.fullmatch(questionnaire) is not None and _YEAR.fullmatch(number.cycle) is not None


def code_id(code: str) -> str:
    """Return a code as SDMX writes it; its dots separate the parts of a key there, and no code of ours has an at sign."""
    return code.replace(".", "@")


def version_id(version: str) -> str:
    """Return the code of a questionnaire's version, such as 2026_1 for 2026.1."""
    return version.replace(".", "_")
