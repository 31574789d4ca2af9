"""Refusals in SDMX's own form: an error message in XML, or in JSON for those who read that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from app.web.i18n import current
from app.web.i18n import gettext as _
from app.web.problems import Refusal

_SERVICE_DEFINED = "1000"
_CODES: Mapping[int, str] = {400: "140", 401: "110", 403: "110", 404: "100", 413: "130", 414: "140", 422: "150"}
_FAULTS: Mapping[int, str] = {500: "500", 501: "501", 503: "503", 507: "503"}
_MESSAGES = "http://www.sdmx.org/resources/sdmxml/schemas/{form}/message"
_COMMON = "http://www.sdmx.org/resources/sdmxml/schemas/{form}/common"


def answer(request: Request, refusal: Refusal) -> Response:
    """Answer a refusal as an SDMX error; the numbers are the standard's."""
    code = _CODES.get(refusal.status) or _FAULTS.get(refusal.status) or _SERVICE_DEFINED
    words = [_(refusal.detail), *(_(problem.message) for problem in refusal.problems)]
    if "json" in request.headers.get("accept", "") or "json" in request.query_params.get("format", ""):
        return _json(refusal, code, words)
    form = "v3_0" if request.scope["path"].startswith("/sdmx/3.0") else "v2_1"
    texts = "".join(f'<com:Text xml:lang="{current().code}">{escape(text)}</com:Text>' for text in [_(refusal.title), *words])
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<mes:Error xmlns:mes="{_MESSAGES.format(form=form)}" xmlns:com="{_COMMON.format(form=form)}">'
        f'<mes:ErrorMessage code="{code}">{texts}</mes:ErrorMessage></mes:Error>\n'
    )
    return Response(body, refusal.status, dict(refusal.headers), "application/xml")


def _json(refusal: Refusal, code: str, words: list[str]) -> Response:
    error = {"code": int(code), "title": _(refusal.title), "detail": " ".join(words)}
    body = json.dumps({"errors": [error]}, ensure_ascii=False)
    return Response(body, refusal.status, dict(refusal.headers), "application/json")
