"""Structures written down: SDMX-ML 2.1 and 3.0, and SDMX-JSON 2.0, by the library, with what it leaves out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from xml.sax.saxutils import escape

from pysdmx.io.json.sdmxjson2.writer.v2_0 import structure as json_20
from pysdmx.io.xml.sdmx21.writer import structure as ml_21
from pysdmx.io.xml.sdmx30.writer import structure as ml_30
from pysdmx.model import Organisation
from pysdmx.model.message import Header

from app.kit.ids import sha256
from app.releases.sdmx.structures import Artefact

_CODE = re.compile(r'(<str:Code id="[^"]+" urn="([^"]+)">.*?)(\s*</str:Code>)', re.DOTALL)
_MEASURES = re.compile(r"\s*<str:MeasureRelationship>.*?</str:MeasureRelationship>", re.DOTALL)


def write_ml_21(artefacts: Sequence[Artefact], sender: str, prepared: datetime) -> bytes:
    """Write structures as SDMX-ML 2.1."""
    text = ml_21.write([each.made for each in artefacts], prettyprint=True, header=_header(artefacts, sender, prepared)) or ""
    return _with_parents(text, artefacts, '<str:Parent><Ref id="{parent}"/></str:Parent>'.format).encode()


def write_ml_30(artefacts: Sequence[Artefact], sender: str, prepared: datetime) -> bytes:
    """Write structures as SDMX-ML 3.0."""
    text = ml_30.write([each.made for each in artefacts], prettyprint=True, header=_header(artefacts, sender, prepared)) or ""
    # There is one measure, so nothing is lost; some readers know no relations of attributes to measures.
    plain = _MEASURES.sub("", text)
    return _with_parents(plain, artefacts, "<str:Parent>{parent}</str:Parent>".format).encode()


def write_json_20(artefacts: Sequence[Artefact], sender: str, prepared: datetime) -> bytes:
    """Write structures as SDMX-JSON 2.0."""
    made = [each.made for each in artefacts]
    text = json_20.write(made, prettyprint=False, header=_header(artefacts, sender, prepared)) or "{}"
    message = json.loads(text)
    held = message.get("data", {})
    parents = _parents(artefacts)
    for codes in held.get("codelists", ()):
        for code in codes.get("codes", ()):
            parent = parents.get(f"{codes['agencyID']}:{codes['id']}({codes['version']}).{code['id']}")
            if parent is not None:
                code["parent"] = parent
    for structure in held.get("dataStructures", ()):
        parts = structure.get("dataStructureComponents", {})
        if not parts.get("groups", True):
            del parts["groups"]  # the schema wants none rather than an empty list
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def message_id(*parts: str) -> str:
    """Return the id of a message: the same for the same content, so that its ETag stays."""
    return f"M{sha256(chr(0).join(parts).encode())[:24]}"


def _header(artefacts: Sequence[Artefact], sender: str, prepared: datetime) -> Header:
    id_ = message_id(*(each.name.urn for each in artefacts))
    return Header(id=id_, prepared=prepared, sender=Organisation(id=sender))


def _parents(artefacts: Sequence[Artefact]) -> Mapping[str, str]:
    return {each.name.item(code).partition("=")[2]: parent for each in artefacts for code, parent in each.parents.items()}


def _with_parents(text: str, artefacts: Sequence[Artefact], written: Callable[..., str]) -> str:
    """Add the parents of codes, which the library's codes do not have."""
    parents = _parents(artefacts)

    def add(found: re.Match[str]) -> str:
        parent = parents.get(found[2].partition("=")[2])
        return found[0] if parent is None else f"{found[1]}{written(parent=escape(parent))}{found[3]}"

    return _CODE.sub(add, text) if parents else text
