"""Pages: one Jinja environment over the templates of all rooms, and `render`, with which every page handler ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.config import contact_link
from app.web import filters, i18n
from app.web.flash import forget_flash, register_flash, see_other, take_flash
from app.web.frame import Crumb, Flash, Frame, NavActor, NavLink

__all__ = ["Crumb", "Flash", "Frame", "NavActor", "NavLink", "Templates", "register_flash", "render", "see_other"]

_APP = Path(__file__).resolve().parent.parent


class Templates:
    """The templates of `web`, then those of each feature; names are unique by their prefix, as in `reviews/section.html`."""

    def __init__(self, asset: Callable[[str], str], *, app_dir: Path = _APP, reload: bool = False) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(template_folders(app_dir)),
            autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=reload,
        )
        i18n.install(self.environment)
        self.environment.globals["asset"] = asset
        self.environment.globals["contact"] = None
        self.environment.filters.update(
            score=filters.score,
            moment=filters.moment,
            day=filters.day,
            markdown=filters.markdown,
            unbroken=filters.unbroken,
        )

    def tell_contact(self, contact: str) -> None:
        """Let pages say where people get help: as it is written, and where it leads to."""
        href = contact_link(contact) if contact else None
        self.environment.globals["contact"] = {"text": contact.removeprefix("https://"), "href": href} if href else None

    def compile(self) -> None:
        """Read every template now, rather than when it is first shown."""
        for name in self.environment.list_templates(extensions=["html"]):
            self.environment.get_template(name)

    def text(self, name: str, /, **context: object) -> str:
        """Render a template to text, such as the body of a mail."""
        return self.environment.get_template(name).render(context)

    def render(self, request: Request, name: str, /, frame: Frame, status: int = 200, **context: object) -> HTMLResponse:
        """Answer with a page; a waiting flash message is shown and cleared."""
        flash = take_flash(request)
        shown = replace(frame, flash=flash) if frame.flash is None and flash is not None else frame
        response = HTMLResponse(self.text(name, frame=shown, **context), status_code=status)
        forget_flash(request, response)
        return response


def template_folders(app_dir: Path) -> list[Path]:
    """List the rooms' template folders, `web` first."""
    own = app_dir / "web" / "templates"
    return [own, *sorted(folder for folder in app_dir.glob("*/templates") if folder != own)]


def render(request: Request, name: str, /, frame: Frame, status: int = 200, **context: object) -> HTMLResponse:
    """Answer with a page of this application."""
    templates: Templates = request.app.state.templates
    return templates.render(request, name, frame, status, **context)
