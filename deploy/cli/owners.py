"""`leadbus owners`: how dealers and reps stand, what they can take, and how prompt they are."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, rooms_of
from deploy.cli.statements import credit, statement
from deploy.cli.terminal import AsJson, InstanceName, console, print_json
from deploy.cli.words import blockers, replies, settle, upload, worksheet

if TYPE_CHECKING:
    from shared.contracts.calls import OwnerNow, OwnerRecord

owners = typer.Typer(
    help="Dealers and reps: what they have, what they can take, how prompt they are.", no_args_is_help=True
)

owners.command()(statement)
owners.command()(credit)
for command in (worksheet, upload, replies, settle, blockers):
    owners.command()(command)

OwnerId = Annotated[str, typer.Argument(help="The owner's id in owners.yml.")]
Month = Annotated[str | None, typer.Option(help="As 2026-11; the present month when left out.")]


@owners.command("list")
def list_owners(json: AsJson = False, instance: InstanceName = "local") -> None:
    """List all owners: leads given today, this week, this month, open and held ones, and who takes nothing just now.

    In brackets, of a distributor: with those of their sub-dealers. Held leads wait for the owner to open.
    """
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.OWNERS_NOW)
    if json:
        print_json(schema.dump(found))
        return
    table = Table("owner", "today", "week", "month", "open", "held", "won of ended", "", box=None, pad_edge=False)
    for one in found.owners:
        table.add_row(*map(Text, _standing(one)))
    console.print(table)


@owners.command()
def pause(
    owner_id: OwnerId,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Takes leads again from then.")] = None,
    instance: InstanceName = "local",
) -> None:
    """Give an owner nothing new, until a day or until resumed. What they have stays theirs."""
    _set(instance, owner_id=owner_id, paused=True, until=until.astimezone() if until else None)


@owners.command()
def resume(owner_id: OwnerId, instance: InstanceName = "local") -> None:
    """Give an owner leads again."""
    _set(instance, owner_id=owner_id, paused=False)


@owners.command()
def limit(
    owner_id: OwnerId,
    leads: Annotated[int, typer.Argument(min=0, help="A day at most; 0 lifts the limit.")],
    instance: InstanceName = "local",
) -> None:
    """Set how many leads a day an owner wants at most, beside the company's own limit."""
    _set(instance, owner_id=owner_id, daily_limit=leads)


def _set(instance: str, **said: Any) -> None:
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        (one,) = ask(rooms, calls.SET_AVAILABILITY, **said).owners
    limited = f", {one.daily_limit} a day at most" if one.daily_limit else ""
    console.print(f"{one.name}: {one.not_taking or 'takes leads'}{limited}; {one.open} open", markup=False)


def _standing(one: "OwnerNow") -> list[str]:
    closed = f"closed until {one.opens_at:%a %H:%M} UTC" if one.opens_at else ""
    numbers = list(map(str, (one.today, one.this_week, one.this_month, one.open, one.held)))
    if one.open_below > one.open or one.this_month_below > one.this_month:
        numbers[2:4] = f"{numbers[2]} ({one.this_month_below})", f"{numbers[3]} ({one.open_below})"
    name = f"  {one.name}" if one.parent else one.name
    return [name, *numbers, f"{one.won} of {one.ended}", one.not_taking or closed]


@owners.command()
def record(month: Month = None, json: AsJson = False, instance: InstanceName = "local") -> None:
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
