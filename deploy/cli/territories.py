"""`leadbus territories`: whether everybody everywhere has an owner, before a single lead finds out."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from deploy.cli.terminal import AsJson, console, print_json
from shared import settings

if TYPE_CHECKING:
    from services.router.domain.linting import Findings
    from services.router.domain.rules import Rules

territories = typer.Typer(help="Territories: gaps, overlaps, dead entries, and whose a place is.", no_args_is_help=True)

Company = Annotated[Path | None, typer.Option(help="The company's folder; LEADBUS_COMPANY when left out.")]
_MOST_LINES = 15


@territories.command()
def lint(company: Company = None, json: AsJson = False) -> None:
    """Ask for every ZIP code and product who would take the lead. Exits with 1 when there are gaps or dead entries.

    Needs no running instance: it reads owners.yml and territories.yml. A gap is a place where, on an ordinary day, only
    the fall-back takes a lead. A tie is a place where the order of the file alone says which territory comes first.
    """
    from services.router import gazetteer
    from services.router.domain.linting import Findings, walk
    from services.router.domain.territory import Place

    rules = _rules(company)
    products = [None, *sorted({product for owner in rules.owners.values() for product in owner.products})]
    industries = [None, *sorted({each for one in rules.atlas.territories for each in one.industries})]
    spots = gazetteer.states()
    found = Findings()
    with Progress(console=console, transient=True, disable=json) as progress:
        task = progress.add_task("looking at every ZIP code", total=len(spots))
        places = (gazetteer.locate(Place("US", state, code)) for code, state in spots.items())
        for step in walk(rules, places, products, industries):
            found = step
            progress.advance(task)
    dead = [name for name in found.dead(rules) if _in_the_country(rules, name)]
    if json:
        print_json(_document(found, dead))
    else:
        _print(rules, found, dead)
    if found.gaps or dead:
        raise typer.Exit(1)


@territories.command()
def whose(
    postcode: Annotated[str, typer.Argument(help="Such as 50010, or K1A 0B1 with --country CA.")],
    country: Annotated[str, typer.Option(help="ISO code.")] = "US",
    state: Annotated[str | None, typer.Option(help="Where the ZIP code does not tell it.")] = None,
    product: Annotated[list[str] | None, typer.Option(help="May be repeated.")] = None,
    industry: Annotated[str | None, typer.Option()] = None,
    account: Annotated[str | None, typer.Option(help="The company's name.")] = None,
    company: Company = None,
    json: AsJson = False,
) -> None:
    """Show who would get a lead from a place, and why everybody else would not. Turns and limits are left out."""
    from datetime import UTC, datetime

    from services.router import gazetteer
    from services.router.domain.account import account_names
    from services.router.domain.choice import Wanted

    rules = _rules(company)
    known = state or (gazetteer.states().get(postcode[:5]) if country == "US" else None)
    wanted = Wanted(
        place=rules.place(country, known, postcode),
        products=frozenset(product or ()),
        had_before={},
        industry=industry,
        accounts=account_names(account, None),
        at=datetime.now(UTC),
    )
    choice = rules.choose(wanted, {}, {})
    if json:
        print_json(
            {"owner": choice.owner_id, "territory": choice.territory, "candidates": list(map(vars, choice.candidates))}
        )
        return
    table = Table("", "owner", "because", box=None, pad_edge=False)
    for candidate in choice.candidates:
        table.add_row("→" if candidate.chosen else "", Text(candidate.name), Text(candidate.because))
    console.print(table)


def _rules(company: Path | None) -> "Rules":
    from deploy.stack import StackError
    from services.router.company import load
    from shared.company_file import CompanyError

    try:
        return load(company or Path(settings.get("LEADBUS_COMPANY")))
    except CompanyError as error:
        raise StackError(str(error)) from error


def _in_the_country(rules: "Rules", name: str) -> bool:
    """Whether a walk over the ZIP codes can reach it: accounts and other countries it cannot."""
    territory = next(one for one in rules.atlas.territories if one.territory_id == name)
    return territory.country == "US" and not territory.accounts and territory.when is None


def _document(found: "Findings", dead: list[str]) -> dict[str, Any]:
    return {
        "places": found.places,
        "gaps": [{"state": state, "product": product, "places": n} for (state, product), n in found.gaps.most_common()],
        "dead": dead,
        "ties": [{"first": one, "second": two, "places": n} for (one, two), n in found.ties.most_common()],
        "owners": {name: round(number) for name, number in found.load.most_common()},
    }


def _print(rules: "Rules", found: "Findings", dead: list[str]) -> None:
    console.print(f"{found.places} ZIP codes looked at, for every product and industry.")
    _print_counts("Only the fall-back takes leads", "state", "for", found.gaps)
    _print_counts("Only the order of the file decides", "first", "second", found.ties)
    if dead:
        console.print("Never reached: " + ", ".join(dead), style="yellow", markup=False)
    table = Table("owner", "asked first in", box=None, pad_edge=False)
    whole = sum(found.load.values()) or 1
    for name, number in found.load.most_common(_MOST_LINES):
        table.add_row(Text(rules.owners[name].name), f"{100 * number / whole:.1f} %")
    console.print(table)
    if not found.gaps and not dead:
        console.print("No gaps and no dead entries.", style="green")


def _print_counts(title: str, one: str, other: str, counts: Counter[tuple[str, str]]) -> None:
    if not counts:
        return
    console.print(f"{title}:", style="yellow")
    table = Table(one, other, "ZIP codes", box=None, pad_edge=False)
    for (first, second), number in counts.most_common(_MOST_LINES):
        table.add_row(Text(first), Text(second), str(number))
    if len(counts) > _MOST_LINES:
        table.add_row("…", f"{len(counts) - _MOST_LINES} more", "")
    console.print(table)
