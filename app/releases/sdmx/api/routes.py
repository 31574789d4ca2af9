"""The addresses of SDMX: structures and data in the forms 2.1 and 3.0."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.accounts.deps import Public
from app.config import Settings
from app.kit.say import mark, say
from app.releases.formats.choosing import REDIRECTED
from app.releases.sdmx.answers import Answer, answer_data, answer_structures, one_release
from app.releases.sdmx.catalogue import Wanted, open_catalogue
from app.releases.sdmx.formats import DATA, STRUCTURES, Form, format_of
from app.releases.sdmx.identifiers import SDMX, Kind
from app.releases.sdmx.refusals import Misspelt, NoResults, NotOffered
from app.releases.sdmx.selection import read_selection
from app.releases.sdmx.structures import Source, licence_url
from app.releases.shelf import Shelf
from app.web.packed import packed

router = APIRouter(prefix="/sdmx", dependencies=[Public])

# What holds an economy's own scores is asked for again, so that a withdrawal reaches every cache.
_FIXED, _MOVING = "public, max-age=300, must-revalidate", "public, max-age=60, must-revalidate"
_ELSEWHERE = frozenset({"schema", "metadata", "registration", "availability", "availableconstraint"})
_OTHER_KINDS = frozenset(
    {
        *("metadatastructure", "categoryscheme", "hierarchy", "hierarchicalcodelist", "hierarchyassociation", "valuelist"),
        *("dataproviderscheme", "metadataproviderscheme", "dataconsumerscheme", "organisationunitscheme", "organisationscheme"),
        *("metadataflow", "reportingtaxonomy", "provisionagreement", "metadataprovisionagreement", "structuremap"),
        *("representationmap", "process", "categorisation", "dataconstraint", "metadataconstraint", "contentconstraint"),
        *("actualconstraint", "allowedconstraint", "attachmentconstraint", "structureset", "transformationscheme"),
        *("rulesetscheme", "userdefinedoperatorscheme", "customtypescheme", "namepersonalisationscheme"),
        *("vtlmappingscheme", "conceptschememap", "categoryschememap", "organisationschememap", "reportingtaxonomymap"),
    }
)
_CONTEXTS = frozenset({"*", "dataflow", "datastructure"})
_MOVING_MARKS = frozenset("+~*") | {"latest", "all"}

REDIRECTED.update({"sdmx-csv": f"{SDMX}?format=csv", "sdmx-ml": f"{SDMX}?format=ml-2.1"})

Rest = Annotated[str, Path(max_length=8_000)]


@router.get("/3.0/data/{rest:path}")
def read_data_30(request: Request, rest: Rest) -> Response:
    """Answer /data/{context}/{agency}/{id}/{version}/{key}."""
    context, agency, id_, version, key = _parts(rest, ("*", "*", "*", "+", "*"))
    if context not in _CONTEXTS:
        raise NoResults(mark("Data are offered by dataflow. Ask for data/dataflow/."))
    name = id_.removeprefix("DSD_") if context == "datastructure" else id_
    return _data(request, Form.NEW, (agency, name, version), key)


@router.get("/3.0/structure/{rest:path}")
def read_structures_30(request: Request, rest: Rest) -> Response:
    """Answer /structure/{kind}/{agency}/{id}/{version}/{item}."""
    return _structures(request, Form.NEW, _parts(rest, ("*", "*", "*", "~", "*")))


@router.get("/2.1/data/{rest:path}")
def read_data_21(request: Request, rest: Rest) -> Response:
    """Answer /data/{flow}/{key}/{provider}; a flow is an id, or agency, id and version with commas between."""
    flow, key, provider = _parts(rest, ("all", "all", "all"))
    named = flow.split(",")
    agency, id_, version = {1: ["all", *named, "latest"], 2: [*named, "latest"], 3: named}.get(len(named), ["", "", ""])
    if not id_:
        raise Misspelt(mark("Write a dataflow as its id, or as agency,id,version."))
    agency_of_provider = provider.split(",")[0]
    if agency_of_provider not in {"all", _source(request).agency}:
        raise NoResults(mark("There is one provider here. Leave it out, or write all."))
    return _data(request, Form.OLD, (agency, id_, version), key)


@router.get("/2.1/{rest:path}")
def read_structures_21(request: Request, rest: Rest) -> Response:
    """Answer /{kind}/{agency}/{id}/{version}/{item}."""
    if rest.split("/")[0] in _ELSEWHERE:
        raise NotOffered
    return _structures(request, Form.OLD, _parts(rest, ("dataflow", "all", "all", "latest", "all")))


@router.get("/3.0/{rest:path}")
def refuse_other_30(rest: Rest) -> Response:
    """Say of the rest of the standard that it is not offered, and of what is none that it does not exist."""
    if rest.split("/")[0] in _ELSEWHERE:
        raise NotOffered
    raise NoResults(mark("There is no such address. Ask for structure/ or data/."))


def _data(request: Request, form: Form, flow: tuple[str, str, str], key: str) -> Response:
    parameters = dict(request.query_params)
    format_ = format_of(DATA[form], parameters.get("format"), request.headers.get("accept", ""))
    selection = read_selection(form, key, parameters)
    catalogue = open_catalogue(_shelf(request), _source(request))
    entry = one_release(catalogue.flows(*flow))
    found = answer_data(_shelf(request), catalogue, entry, selection, format_)
    response = _answer(request, found, flow[2])
    response.headers["Content-Disposition"] = f'inline; filename="{entry.questionnaire}-{entry.number}.{format_.ending}"'
    return response


def _structures(request: Request, form: Form, parts: tuple[str, ...]) -> Response:
    kind, agency, id_, version, item = parts
    parameters = dict(request.query_params)
    _check_parameters(kind, parameters)
    format_ = format_of(STRUCTURES[form], parameters.get("format"), request.headers.get("accept", ""))
    wanted = Wanted(kind, agency, id_, version, item, parameters.get("references", "none"))
    return _answer(
        request, answer_structures(_shelf(request), open_catalogue(_shelf(request), _source(request)), wanted, format_), version
    )


def _check_parameters(kind: str, parameters: dict[str, str]) -> None:
    if kind in _OTHER_KINDS:
        raise NoResults(say("There is no structure of that kind here. There are: {kinds}.", kinds=", ".join(Kind)))
    if kind not in {*Kind, "*", "structure", "all"}:
        raise Misspelt(say("Ask for structures of one of these kinds: {kinds}.", kinds=", ".join(Kind)))
    if set(parameters) - {"format", "references", "detail"}:
        raise Misspelt(say("A parameter is not known here. Choose from: {names}.", names="detail, format, references"))
    detail = parameters.get("detail", "full")
    if detail not in {"full", "raw", "referencepartial"}:  # lists are given whole, which holds every part of them
        raise NotOffered(mark("Structures are given in full. Leave detail out."))


def _answer(request: Request, found: Answer, version: str) -> Response:
    is_moving = any(sign in version for sign in _MOVING_MARKS)
    response = packed(request, found.body, found.format.content_type, _MOVING if is_moving else _FIXED, found.modified_at)
    licence = None if found.entry is None else licence_url(found.entry)
    if licence is not None:
        response.headers["Link"] = f'<{licence}>; rel="license"'
    return response


def _parts(rest: str, defaults: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts of an address, those that are left out at its end as they are by default."""
    given = rest.split("/")
    while given and not given[-1]:
        given.pop()
    if len(given) > len(defaults):
        raise Misspelt(mark("The address has more parts than the standard knows."))
    return tuple(part or default for part, default in zip([*given, *[""] * len(defaults)], defaults, strict=False))


def _shelf(request: Request) -> Shelf:
    shelf: Shelf = request.app.state.releases
    return shelf


def _source(request: Request) -> Source:
    settings: Settings = request.app.state.settings
    return Source(settings.sdmx_agency, "Readiness", settings.base_url)
