"""`leadbus territories lint` and `leadbus rules lint`: proves that everybody everywhere has an owner."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, rooms_of
from deploy.cli.terminal import AsJson, InstanceName, console, print_json
from shared import settings

if TYPE_CHECKING:
    from services.router.domain.linting import Findings
    from services.router.domain.rules import Rules
    from shared.contracts.calls import TerritoryStaffing

Company = Annotated[Path | None, typer.Option(help="The company's folder; LEADBUS_COMPANY when left out.")]
_MOST_LINES = 15


def lint(
    company: Company = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="Report over- and understaffed territories of the last days as well.")
    ] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Ask for every ZIP code, product and industry who would take the lead. Exits with 1 when something is open.

    It reads owners.yml and territories.yml; only --days asks a running instance. A gap is a place where, on an ordinary
    day, only the fall-back takes a lead; ownerless is a gap that nobody of the fall-back sells in either. A tie is a
    place where the order of the file alone says which territory comes first. Dead is what no lead ever reaches.
    """
    from services.router.domain.linting import idle, unproved

    rules = rules_of(company)
    found = _walked(rules, quiet=json)
    dead, staffed = found.dead(rules), _staffing(days, instance)
    if json:
        print_json(_document(rules, found, dead, staffed))
    else:
        _print(rules, found, dead)
        _print_names("Given leads by no rule", [rules.owners[name].name for name in idle(rules)])
        _print_names("Under a condition, so not proved", unproved(rules))
        _print_staffing(staffed, days)
    if found.gaps or found.ties or dead:
        raise typer.Exit(1)


def rules_of(company: Path | None) -> "Rules":
    """The rules in a company's folder. Raises StackError in one sentence."""
    from deploy.stack import StackError
    from services.router.company import load
    from shared.company_file import CompanyError

    try:
        return load(company or Path(settings.get("LEADBUS_COMPANY")))
    except CompanyError as error:
        raise StackError(str(error)) from error


def _walked(rules: "Rules", *, quiet: bool) -> "Findings":
    from services.router import gazetteer
    from services.router.domain import linting
    from services.router.domain.territory import Place

    zip_codes, abroad = gazetteer.states(), linting.places_abroad(rules, "US")
    places = (gazetteer.locate(Place("US", state, code)) for code, state in zip_codes.items())
    found = linting.Findings()
    with Progress(console=console, transient=True, disable=quiet) as progress:
        task = progress.add_task("looking at every ZIP code", total=len(zip_codes) + len(abroad))
        everywhere = (place for listed in (places, abroad) for place in listed)
        for step in linting.walk(rules, everywhere, linting.products_of(rules), linting.industries_of(rules)):
            found = step
            progress.advance(task)
    return found


def _staffing(days: int | None, instance: str) -> "list[TerritoryStaffing]":
    if days is None:
        return []
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        return list(ask(rooms, calls.STAFFING, days=days).territories)


def _document(rules: "Rules", found: "Findings", dead: list[str], staffed: "list[TerritoryStaffing]") -> dict[str, Any]:
    from services.router.domain.linting import idle, unproved
    from shared.contracts import schema

    def by_state(counts: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
        return [{"state": state, "product": product, "places": n} for (state, product), n in counts.most_common()]

    return {
        "places": found.places,
        "gaps": by_state(found.gaps),
        "ownerless": by_state(found.ownerless),
        "dead": dead,
        "ties": [{"first": one, "second": two, "places": n} for (one, two), n in found.ties.most_common()],
        "idle_owners": idle(rules),
        "unproved": unproved(rules),
        "owners": {name: round(number) for name, number in found.load.most_common()},
        "staffing": [schema.dump(one) for one in staffed],
    }


def _print(rules: "Rules", found: "Findings", dead: list[str]) -> None:
    console.print(f"{found.places} ZIP codes and places abroad looked at, for every product and industry.")
    _print_counts("Only the fall-back takes leads", "state", "for", found.gaps)
    _print_counts("And nobody of the fall-back sells there: only marketing has them", "state", "for", found.ownerless)
    _print_counts("Only the order of the file decides", "first", "second", found.ties)
    _print_names("Never reached", dead)
    table = Table("owner", "asked first in", box=None, pad_edge=False)
    whole = sum(found.load.values()) or 1
    for name, number in found.load.most_common(_MOST_LINES):
        table.add_row(Text(rules.owners[name].name), f"{100 * number / whole:.1f} %")
    console.print(table)
    if not found.gaps and not found.ties and not dead:
        console.print("No gaps, no ties and no dead entries.", style="green")


def _print_names(title: str, names: list[str]) -> None:
    if names:
        console.print(f"{title}: " + ", ".join(names), style="yellow", markup=False)


def _print_counts(title: str, one: str, other: str, counts: Counter[tuple[str, str]]) -> None:
    if not counts:
        return
    console.print(f"{title}:", style="yellow")
    table = Table(one, other, "places", box=None, pad_edge=False)
    for (first, second), number in counts.most_common(_MOST_LINES):
        table.add_row(Text(first), Text(second), str(number))
    if len(counts) > _MOST_LINES:
        table.add_row("…", f"{len(counts) - _MOST_LINES} more", "")
    console.print(table)


def _print_staffing(staffed: "list[TerritoryStaffing]", days: int | None) -> None:
    if days is None:
        return
    for one in staffed:
        if one.misplaced:
            told = f"{one.territory}: its owners said of {one.misplaced} leads that they are not in their territory"
            console.print(told, style="yellow", markup=False)
    odd = [one for one in staffed if one.verdict != "fits"]
    if not odd:
        console.print(f"Every territory has as many owners as its leads of {days} days needed.", style="green")
        return
    table = Table("territory", "", "because", box=None, pad_edge=False)
    for one in odd:
        table.add_row(Text(one.territory), one.verdict, Text(one.because))
    console.print(table)
