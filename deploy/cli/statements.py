"""`leadbus owners statement` and `credit`: what owners pay for leads."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, me, rooms_of
from deploy.cli.terminal import AsJson, InstanceName, console, print_json

if TYPE_CHECKING:
    from shared.contracts.calls import StatementReply


def statement(
    month: Annotated[str | None, typer.Option(help="As 2026-11; the present month when left out.")] = None,
    owner: Annotated[str | None, typer.Option(help="One owner's id; everybody when left out.")] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Show what owners were charged for leads in a month, and what was credited."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found: StatementReply = ask(rooms, calls.STATEMENT, month=month, owner_id=owner)
    if json:
        print_json(schema.dump(found))
        return
    if not found.lines:
        console.print(f"Nothing was charged or credited in {found.month}.")
        return
    table = Table("owner", "on", "amount", "because", "entry", box=None, pad_edge=False)
    sums: dict[str, Decimal] = {}
    for line in found.lines:
        sums[line.owner_name] = sums.get(line.owner_name, Decimal(0)) + line.amount
        entry = Text(str(line.entry_id), no_wrap=True, overflow="fold")
        table.add_row(Text(line.owner_name), f"{line.at:%Y-%m-%d}", f"{line.amount:,.2f}", Text(line.because), entry)
    table.add_section()
    for name, amount in sums.items():
        table.add_row(Text(name), found.month, f"{amount:,.2f}", f"{found.currency} in all", "")
    console.print(table)


def credit(
    entry: Annotated[UUID, typer.Argument(help="The entry, as the statement shows it.")],
    because: Annotated[str, typer.Option(help="Why: it stays on record.")],
    by: Annotated[str, typer.Option(help="Who says so; the name of this account when left out.")] = "",
    instance: InstanceName = "local",
) -> None:
    """Take back what an owner was charged for a lead."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        ask(rooms, calls.CREDIT, entry_id=entry, by=by or me(), because=because)
    console.print("Credited.")
