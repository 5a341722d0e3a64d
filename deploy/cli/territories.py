"""`leadbus territories`: whether everybody everywhere has an owner, before a single lead finds out."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.terminal import AsJson, console, print_json
from deploy.cli.territories_lint import Company, lint, rules_of

territories = typer.Typer(help="Territories: gaps, overlaps, dead entries, and whose a place is.", no_args_is_help=True)

territories.command()(lint)


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

    rules = rules_of(company)
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
