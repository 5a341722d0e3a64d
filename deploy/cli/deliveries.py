"""`leadbus deliveries`: how leads reach owners, what is parked, trials, and whether every address may be called."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, me, rooms_of
from deploy.cli.terminal import AsJson, InstanceName, console, print_json
from deploy.stack import StackError

if TYPE_CHECKING:
    from shared.contracts.calls import Channel

deliveries = typer.Typer(
    help="How leads reach owners: each way, what is parked, trials, replays.", no_args_is_help=True
)

OwnerId = Annotated[str, typer.Argument(help="The owner's id in owners.yml.")]
Way = Annotated[str, typer.Argument(help="webhook, email, adf, star, rest, salesforce, hubspot, csv or digest.")]
Company = Annotated[Path | None, typer.Option(help="The company's folder; LEADBUS_COMPANY when left out.")]


@deliveries.command("list")
def list_ways(
    owner: Annotated[str | None, typer.Option(help="Only this owner's.")] = None,
    troubled: Annotated[bool, typer.Option("--troubled", help="Only those with something the matter.")] = False,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """List every way to every owner, those in trouble first."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.DELIVERIES, owner_id=owner, troubled=troubled)
    if json:
        print_json(schema.dump(found))
        return
    table = Table("owner", "way", "state", "delivered", "under way", "parked", "", box=None, pad_edge=False)
    for one in found.channels:
        numbers = map(str, (one.delivered, one.under_way, one.parked))
        table.add_row(*map(Text, (one.owner_id, one.way, _state(one), *numbers, one.because or one.goes_to)))
    console.print(table if found.channels else "Nothing is the matter.")


@deliveries.command()
def show(
    owner: OwnerId,
    way: Way,
    limit: Annotated[int, typer.Option(min=1, max=500, help="So many of the newest.")] = 20,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Show one way, and what went by it, newest first."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.DELIVERY_CHANNEL, owner_id=owner, way=way, limit=limit)
    if json:
        print_json(schema.dump(found))
        return
    one = found.channel
    console.print(f"{one.owner_name}: {one.way} to {one.goes_to}: {_state(one)}", markup=False, soft_wrap=True)
    if one.because:
        console.print(f"It said last: {one.because}", markup=False, soft_wrap=True)
    table = Table("planned", "what", "state", "tries", "answer", "theirs", "key", box=None, pad_edge=False)
    for line in found.deliveries:
        cells = (f"{line.planned_at:%m-%d %H:%M}", line.notice, line.state, str(line.attempts))
        table.add_row(*map(Text, (*cells, line.answer or "", line.far_id or "")), Text(line.key, overflow="fold"))
    console.print(table)


@deliveries.command("test")
def send_a_trial(owner: OwnerId, way: Way, instance: InstanceName = "local") -> None:
    """Deliver a made-up lead. Nobody else is told of it; the same record is used each time."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        key = ask(rooms, calls.TRY_DELIVERY, owner_id=owner, way=way, by=me()).key
    console.print(f"On its way as {key}; see: leadbus deliveries show {owner} {way}", markup=False, soft_wrap=True)


@deliveries.command()
def replay(
    owner: OwnerId,
    way: Way,
    key: Annotated[list[str] | None, typer.Option(help="Only this one; may be repeated.")] = None,
    instance: InstanceName = "local",
) -> None:
    """Send what is parked once more, under the same keys."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        done = ask(rooms, calls.REPLAY_DELIVERIES, owner_id=owner, way=way, keys=key or [], by=me())
    console.print(f"{done.replayed} on their way again")


@deliveries.command()
def enable(
    owner: OwnerId,
    way: Way,
    send: Annotated[bool, typer.Option("--replay", help="Send what is parked at once.")] = False,
    instance: InstanceName = "local",
) -> None:
    """Use a way again that is disabled or left in peace."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        done = ask(rooms, calls.ENABLE_DELIVERY, owner_id=owner, way=way, replay=send, by=me())
    console.print(f"{owner}: {way} is used again; {done.replayed} on their way")


@deliveries.command()
def check(company: Company = None, json: AsJson = False) -> None:
    """Check owners.yml, and resolve every address that leads would go to. Needs no running instance.

    Exits with 1 when the file has a mistake, or an address is not one that would be called: not https, not on the
    public internet, or not to be found now.
    """
    found = [_looked_at(owner_id, way, place, problem) for owner_id, way, place, problem in _checked(company)]
    if json:
        print_json(found)
    else:
        table = Table("owner", "way", "", "to", box=None, pad_edge=False)
        for one in found:
            table.add_row(*map(Text, (one["owner"], one["way"], one["problem"] or "good", one["to"])))
        console.print(table)
    if any(one["problem"] for one in found):
        raise typer.Exit(1)


def _checked(company: Path | None) -> Any:
    from services.router.company import CompanyError, load
    from services.router.deliveries.checking import problems
    from shared import settings

    try:
        rules = load(company or Path(settings.get("LEADBUS_COMPANY")))
    except CompanyError as error:
        raise StackError(str(error)) from None
    return problems(rules, allow_private=settings.flag("LEADBUS_ALLOW_PRIVATE_WEBHOOKS"))


def _looked_at(owner_id: str, way: str, place: str, problem: str | None) -> dict[str, Any]:
    return {"owner": owner_id, "way": way, "to": place, "problem": problem}


def _state(one: "Channel") -> str:
    if one.state == "disabled":
        return "disabled"
    if one.state == "open":
        return f"in trouble, again at {one.not_before:%H:%M} UTC"
    return f"{one.failures} failed" if one.failures else "works"
