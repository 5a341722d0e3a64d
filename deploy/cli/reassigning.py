"""`leadbus leads reassign`: giving leads to somebody else at once."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, me, rooms_of
from deploy.cli.terminal import AsJson, InstanceName, console, print_json

if TYPE_CHECKING:
    from shared.contracts.calls import ReassignVerdict

#: As many as the router takes at once.
_AT_ONCE = 200


def reassign(
    leads: Annotated[list[UUID], typer.Argument(help="The leads' ids.")],
    because: Annotated[str, typer.Option(help="Why: it stays on record.")],
    to: Annotated[str | None, typer.Option(help="The new owner's id; the next candidate when left out.")] = None,
    by: Annotated[str, typer.Option(help="Who moves them; the name of this account when left out.")] = "",
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Give leads to somebody else at once. Exits with 1 when one of them stays where it is."""
    from shared.contracts import calls, schema

    verdicts: list[ReassignVerdict] = []
    with rooms_of(instance) as rooms:
        for start in range(0, len(leads), _AT_ONCE):
            some = leads[start : start + _AT_ONCE]
            verdicts += ask(rooms, calls.REASSIGN, lead_ids=some, to=to, by=by or me(), because=because).verdicts
    if json:
        print_json([schema.dump(one) for one in verdicts])
    else:
        table = Table("", "owner", "because", "lead", box=None, pad_edge=False)
        for one in verdicts:
            name = Text(one.owner_name or one.owner_id or "–")
            lead = Text(str(one.lead_id), no_wrap=True, overflow="fold")
            table.add_row("→" if one.done else "stays", name, Text(one.because), lead)
        console.print(table)
    raise typer.Exit(0 if all(one.done for one in verdicts) else 1)
