"""The draft: the rules in the company's folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.stack import StackError
from deploy.stack.instance import REPOSITORY

if TYPE_CHECKING:
    from services.qualify.domain.rules import Rules

Folder = Annotated[
    Path | None,
    typer.Option(
        "--company", "-c", envvar="LEADBUS_COMPANY", help="The company's folder; deploy/company when left out."
    ),
]
NEXT = "Put it right, then: leadbus rules check"


def draft_in(folder: Path | None) -> Path:
    """The file with the draft. Raises StackError when there is none."""
    file = (folder or REPOSITORY / "deploy" / "company") / "rules.yml"
    if not file.exists():
        raise StackError(f"{file}: there is no such file; name the company's folder with --company")
    try:
        return file.relative_to(Path.cwd())
    except ValueError:
        return file


def text_in(folder: Path | None) -> str:
    """The draft's text. Raises StackError when it is no text."""
    try:
        return draft_in(folder).read_bytes().decode()
    except UnicodeDecodeError as error:
        raise StackError(f"{draft_in(folder)}: not UTF-8: {error}") from None


def rules_in(folder: Path | None) -> "Rules":
    """The rules that the draft says. Raises StackError with the place of a mistake."""
    from services.qualify.company import read_rules
    from shared.company_file import CompanyError

    try:
        return read_rules(text_in(folder).encode())
    except CompanyError as error:
        raise StackError(f"{error}\n{NEXT}") from None
