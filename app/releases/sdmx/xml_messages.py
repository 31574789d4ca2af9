"""Observations written down as SDMX-ML: structure-specific 2.1 and 3.0, and generic 2.1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import quoteattr

from app.kit.clock import as_utc
from app.releases.sdmx.components import DIMENSION_IDS, MEASURE
from app.releases.sdmx.identifiers import Name
from app.releases.sdmx.observations import Observation
from app.releases.sdmx.packing import FLAT, Packing
from app.releases.sdmx.structure_messages import message_id

_21 = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
_30 = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class Message:
    """What stands at the head of a message. `query`: what was asked, so that another question has another id."""

    flow: Name
    structure: Name
    prepared: datetime
    query: str


def write_specific_21(message: Message, observations: Iterable[Observation], packing: Packing) -> Iterator[str]:
    """Write structure-specific SDMX-ML 2.1."""
    kind = f"{message.structure.urn}:ObsLevelDim:{packing.at}"
    yield _begin("StructureSpecificData", _21, {"ss": f"{_21}/data/structurespecific", "own": kind})
    yield from _header(message, packing, _reference_21(message.structure), f" namespace={quoteattr(kind)}")
    yield (
        f'<mes:DataSet ss:structureRef="S" xsi:type="own:DataSetType" ss:dataScope="DataStructure" action="{packing.action}">\n'
    )
    yield from _specific(observations, packing)
    yield "</mes:DataSet>\n</mes:StructureSpecificData>\n"


def write_specific_30(message: Message, observations: Iterable[Observation], packing: Packing) -> Iterator[str]:
    """Write structure-specific SDMX-ML 3.0."""
    kind = f"{message.structure.urn}:ObsLevelDim:{packing.at}"
    yield _begin("StructureSpecificData", _30, {"ss": f"{_30}/data/structurespecific", "own": kind})
    structure = f"<com:Structure>{message.structure.urn}</com:Structure>"
    yield from _header(message, packing, structure, f" namespace={quoteattr(kind)}")
    yield (
        f'<mes:DataSet ss:structureRef="S" xsi:type="own:DataSetType" ss:dataScope="DataStructure" action="{packing.action}">\n'
    )
    yield from _specific(observations, packing)
    yield "</mes:DataSet>\n</mes:StructureSpecificData>\n"


def write_generic_21(message: Message, observations: Iterable[Observation], packing: Packing) -> Iterator[str]:
    """Write generic SDMX-ML 2.1."""
    yield _begin("GenericData", _21, {"gen": f"{_21}/data/generic"})
    yield from _header(message, packing, _reference_21(message.structure), "")
    yield f'<mes:DataSet structureRef="S" action="{packing.action}">\n'
    if packing.at == FLAT:
        for each in observations:
            key = _values(dict(zip(DIMENSION_IDS, each.key, strict=True)))
            yield f"<gen:Obs><gen:ObsKey>{key}</gen:ObsKey>{_generic_rest(each, packing)}</gen:Obs>\n"
    else:
        yield from _generic_series(observations, packing)
    yield "</mes:DataSet>\n</mes:GenericData>\n"


def _specific(observations: Iterable[Observation], packing: Packing) -> Iterator[str]:
    if packing.at == FLAT:
        for each in observations:
            yield f"<Obs{_written(dict(zip(DIMENSION_IDS, each.key, strict=True)) | _rest(each, packing))}/>\n"
        return
    for key, found in packing.series(observations):
        if not packing.has_observations:
            yield f"<Series{_written(key)}/>\n"
            continue
        yield f"<Series{_written(key)}>\n"
        for each in found:
            yield f"<Obs{_written({packing.at: each.component(packing.at)} | _rest(each, packing))}/>\n"
        yield "</Series>\n"


def _generic_series(observations: Iterable[Observation], packing: Packing) -> Iterator[str]:
    for key, found in packing.series(observations):
        yield f"<gen:Series><gen:SeriesKey>{_values(key)}</gen:SeriesKey>\n"
        for each in found if packing.has_observations else ():
            at = f"<gen:ObsDimension value={quoteattr(each.component(packing.at))}/>"
            yield f"<gen:Obs>{at}{_generic_rest(each, packing)}</gen:Obs>\n"
        yield "</gen:Series>\n"


def _generic_rest(each: Observation, packing: Packing) -> str:
    value = f"<gen:ObsValue value={quoteattr(each.value)}/>" if packing.has_measure and each.value else ""
    attributes = _values(_attributes(each, packing))
    return value + (f"<gen:Attributes>{attributes}</gen:Attributes>" if attributes else "")


def _rest(each: Observation, packing: Packing) -> dict[str, str]:
    value = {MEASURE: each.value} if packing.has_measure and each.value else {}
    return value | _attributes(each, packing)


def _attributes(each: Observation, packing: Packing) -> dict[str, str]:
    return {id_: each.attributes[id_] for id_ in packing.attributes if id_ in each.attributes}


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(text)}" for name, text in attributes.items())


def _values(values: Mapping[str, str]) -> str:
    return "".join(f'<gen:Value id="{name}" value={quoteattr(text)}/>' for name, text in values.items())


def _begin(element: str, base: str, further: Mapping[str, str]) -> str:
    spaces = {"xsi": _XSI, "mes": f"{base}/message", "com": f"{base}/common", **further}
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:{element}{_written({f"xmlns:{k}": v for k, v in spaces.items()})}>\n'


def _header(message: Message, packing: Packing, structure: str, namespace: str) -> Sequence[str]:
    id_ = message_id(message.flow.urn, message.prepared.isoformat(), message.query)
    return (
        "<mes:Header>\n",
        f"<mes:ID>{id_}</mes:ID>\n<mes:Test>false</mes:Test>\n",
        f"<mes:Prepared>{as_utc(message.prepared):%Y-%m-%dT%H:%M:%SZ}</mes:Prepared>\n",
        f'<mes:Sender id="{message.flow.agency}"/>\n',
        f'<mes:Structure structureID="S"{namespace} dimensionAtObservation="{packing.at}">{structure}</mes:Structure>\n',
        f"<mes:DataSetAction>{packing.action}</mes:DataSetAction>\n",
        "</mes:Header>\n",
    )


def _reference_21(structure: Name) -> str:
    return (
        f'<com:Structure><Ref agencyID="{structure.agency}" id="{structure.id}" version="{structure.version}"'
        ' class="DataStructure"/></com:Structure>'
    )
