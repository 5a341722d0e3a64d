"""The company's templates for messages to owners, rendered in a sandbox."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.company_file import CompanyError

#: Every notice has a text; the lead sheet also has a page, for mail programs that show it.
NOTICES = (
    "lead", "undelivered", "response", "reminder", "escalation", "gone", "disabled",
    "return_asked", "return_refused", "reply_unread",
)  # fmt: skip
WITH_PAGE = ("lead",)
_SUBJECT = "Subject: "


@dataclass(frozen=True)
class Sheet:
    """One rendered message."""

    subject: str
    text: str
    html: str | None


@dataclass(frozen=True)
class _Compiled:
    subject: Template
    text: Template
    html: Template | None


class Sheets:
    """The templates of one company, compiled and checked when the room starts.

    The first line of a text template is its subject. It is cut off before anything is filled in: a prospect whose name
    has a line break in it cannot end the subject.
    """

    def __init__(self, folder: Path, notices: Collection[str] = NOTICES) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["day"] = _day
        self._compiled = {notice: self._compile(folder, notice) for notice in notices}

    def render(self, notice: str, values: Mapping[str, Any]) -> Sheet:
        """The message of a notice. Raises jinja2.TemplateError when the template asks for what is not there."""
        compiled = self._compiled[notice]
        html = compiled.html.render(values) if compiled.html is not None else None
        return Sheet(one_line(compiled.subject.render(values)), compiled.text.render(values), html)

    def _compile(self, folder: Path, notice: str) -> _Compiled:
        name = f"{notice}.txt"
        try:
            first, _, rest = (folder / name).read_text(encoding="utf-8").partition("\n")
            if not first.startswith(_SUBJECT):
                raise CompanyError(f"{folder / name}: the first line must begin with {_SUBJECT!r}")
            subject = self._environment.from_string(first.removeprefix(_SUBJECT))
            text = self._environment.from_string(rest.lstrip("\n"))
            name = f"{notice}.html"
            html = self._environment.get_template(name) if notice in WITH_PAGE else None
        except (OSError, TemplateError) as error:
            raise CompanyError(f"{folder / name}: {error}") from error
        return _Compiled(subject, text, html)


def one_line(value: str) -> str:
    """Text that can stand in a header: prospects write names with line breaks in them, some on purpose."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())[:200]


def _day(value: str | None) -> str:
    return (value or "")[:16].replace("T", " ")
