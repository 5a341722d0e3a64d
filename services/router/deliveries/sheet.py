"""The company's templates for messages to owners, rendered in a sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.router.company_entry import CompanyError

#: Every notice has a text; the lead sheet has a page for mail programs that show it.
TEXTS = ("lead.txt", "response.txt", "reminder.txt", "escalation.txt")
PAGES = ("lead.html",)
_SUBJECT = "Subject: "


@dataclass(frozen=True)
class Sheet:
    """One rendered message."""

    subject: str
    text: str
    html: str | None


class Sheets:
    """The templates of one company, compiled and checked when the room starts."""

    def __init__(self, folder: Path) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["day"] = _day
        for name in TEXTS + PAGES:
            try:
                self._environment.get_template(name)
            except TemplateError as error:
                raise CompanyError(f"{folder / name}: {error}") from error

    def render(self, notice: str, values: Mapping[str, Any]) -> Sheet:
        """The message of a notice. Raises jinja2.TemplateError when the template asks for what is not there."""
        text = self._environment.get_template(f"{notice}.txt").render(values)
        first, _, rest = text.partition("\n")
        page = f"{notice}.html"
        html = self._environment.get_template(page).render(values) if page in PAGES else None
        return Sheet(one_line(first.removeprefix(_SUBJECT)), rest.lstrip("\n"), html)


def one_line(value: str) -> str:
    """Text that can stand in a header: prospects write names with line breaks in them, some on purpose."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())[:200]


def _day(value: str | None) -> str:
    return (value or "")[:16].replace("T", " ")
