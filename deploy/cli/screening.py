"""`leadbus screening`: the queues of leads that somebody looks at or calls."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.table import Column, Table
from rich.text import Text

from deploy.cli.asking import ask, me, rooms_of
from deploy.cli.terminal import AsJson, InstanceName, console, print_json

if TYPE_CHECKING:
    from shared.contracts.calls import QueueState, ScreeningEntry, ScreeningReply

# The contracts take longer to import than most commands run: only these wait for them.

screening = typer.Typer(help="Leads to look at or to call: queues, claims.", no_args_is_help=True)

Queue = Annotated[str | None, typer.Option("--queue", help="manual or telephone.")]
By = Annotated[str, typer.Option(help="Who screens; the name of this account when left out.")]
LeadId = Annotated[UUID, typer.Argument(help="The lead, as the list shows it.")]


@screening.command("list")
def list_queues(
    queue: Queue = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """List the queues, and who comes next in them."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.SCREENING_QUEUES, queue=queue, limit=limit)
    if json:
        print_json(schema.dump(found))
        return
    for state in found.queues:
        console.print(Text(_state(state)))
    if not found.entries:
        console.print("Nobody waits.")
        return
    # The lead as a whole, however narrow the terminal: it is what one copies.
    table = Table(Column("lead", no_wrap=True), "queue", "value", "due", "why", box=None, pad_edge=False)
    for entry in found.entries:
        table.add_row(Text(str(entry.lead_id)), *map(Text, _cells(entry)))
    console.print(table)


@screening.command()
def claim(
    queue: Queue = None,
    lead: Annotated[UUID | None, typer.Option(help="This lead instead of the next.")] = None,
    by: By = "",
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Take the next lead in hand: nobody else gets it while the claim lasts."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        taken = ask(rooms, calls.CLAIM_SCREENING, by=by or me(), queue=queue, lead_id=lead).screening
    if json:
        print_json(schema.dump(taken) if taken else None)
    elif taken is None:
        console.print("Nothing waits that is not in other hands.")
    else:
        for line in _told(taken):
            console.print(Text(line), soft_wrap=True)


@screening.command()
def release(lead_id: LeadId, by: By = "", json: AsJson = False, instance: InstanceName = "local") -> None:
    """Put a lead back into its queue, whoever has it in hand."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.SCREENING_RELEASE, lead_id=lead_id, by=by or me())
    if json:
        print_json(schema.dump(found))
    else:
        console.print(Text(f"{lead_id} is {found.entry.state} in the queue {found.entry.queue}"), soft_wrap=True)


def _state(state: "QueueState") -> str:
    overdue = f", {state.overdue} overdue" if state.overdue else ""
    return f"{state.queue}: {state.waiting} waiting, {state.claimed} in hand, {state.later} later{overdue}"


def _cells(entry: "ScreeningEntry") -> list[str]:
    due = f"{'OVERDUE ' if entry.overdue else ''}{entry.due_at:%m-%d %H:%M}"
    value = f"{entry.potential_value:,.0f}" if entry.potential_value is not None else ""
    held = f"{entry.claimed_by} has it; " if entry.claimed_by else ""
    later = f"not before {entry.not_before:%m-%d %H:%M}; " if entry.state == "later" else ""
    return [entry.queue, value, due, f"{held}{later}{entry.rule}"]


def _told(taken: "ScreeningReply") -> list[str]:
    entry = taken.entry
    until = f" until {entry.claimed_until:%H:%M} UTC" if entry.claimed_until else ""
    lines = [f"{entry.lead_id} is yours{until}: {entry.because}", f"claim {taken.claim}"]
    for note in taken.notes:
        lines.append(f"{note.at:%Y-%m-%d %H:%M} {note.by}, {note.outcome}{f': {note.text}' if note.text else ''}")
    for step in taken.script:
        lines.append(step.step + (f": {step.say}" if step.say else ""))
        for question in step.questions:
            known = f" (known: {question.known})" if question.known else ""
            lines.append(f"  {question.ask} -> {question.answer}{known}")
        lines += [f"  “{objection.says}” – {objection.reply}" for objection in step.objections]
    return lines
