"""`leadbus owners`: how dealers and reps keep their leads up to date."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, rooms_of
from deploy.cli.terminal import AsJson, InstanceName, console, print_json

if TYPE_CHECKING:
    from shared.contracts.calls import OwnerRecord

Month = Annotated[str | None, typer.Option(help="As 2026-11; the present month when left out.")]


def owners(month: Month = None, json: AsJson = False, instance: InstanceName = "local") -> None:
    """Show what was due from each owner in a month, what was done in time, and the goals that they reached."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.OWNERS, month=month)
    if json:
        print_json(schema.dump(found))
        return
    if not found.owners:
        console.print(f"Nothing was due from anybody in {found.month}.")
        return
    table = Table("owner", "due", "in time", "late", "missed", "complete", "goals", "earned", box=None, pad_edge=False)
    for one in found.owners:
        table.add_row(*map(Text, _cells(one, found.currency)))
    console.print(table)


def _cells(one: "OwnerRecord", currency: str) -> list[str]:
    return [
        one.name,
        str(one.duties),
        f"{one.in_time} ({_share(one.share_in_time)})",
        str(one.late),
        str(one.missed),
        _share(one.share_complete),
        ", ".join(goal.goal for goal in one.goals if goal.met),
        f"{one.earned} {currency}" if one.earned else "",
    ]


def _share(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"
