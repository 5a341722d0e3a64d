"""`leadbus leads`: what a lead is worth, and why."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, rooms_of
from deploy.cli.reassigning import reassign
from deploy.cli.terminal import AsJson, InstanceName, console, print_json
from deploy.stack import StackError

if TYPE_CHECKING:
    from shared.contracts.calls import Flip, ScoreReply

leads = typer.Typer(help="Leads: what each is worth, and why.", no_args_is_help=True)


@leads.callback()
def group() -> None:
    """Leads: what each is worth, and why."""


leads.command()(reassign)


@leads.command()
def score(
    lead: Annotated[UUID, typer.Argument(help="The lead's id.")],
    as_of: Annotated[
        str | None, typer.Option(help="As it was known and said then: a day (its end) or an instant, in UTC.")
    ] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Every point with its reason, what is missing for the next rank, and what would change the decision."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found: ScoreReply = ask(rooms, calls.SCORE, lead_id=lead, as_of=_moment(as_of))
    if json:
        print_json(schema.dump(found))
        return
    _head(found)
    _lines(found)
    for reason in found.because:
        console.print(f"  {reason}", markup=False, highlight=False)
    _chance(found)
    _next(found)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise StackError(f"--as-of {text}: write a day like 2026-09-01, or an instant like 2026-09-01T12:00Z") from None
    if len(text) <= len("2026-09-01"):
        found = datetime.combine(found, time.max)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _head(found: "ScoreReply") -> None:
    at = (found.as_of or found.scored_at).strftime("%Y-%m-%d %H:%M")
    console.print(f"[bold]{found.rank}, {found.score} points[/], {found.decision.replace('_', ' ')}, {found.trend}")
    console.print(f"stage {found.stage}, worked by {found.worked_by}, rules {found.rules_version}, as of {at} UTC")
    if found.potential_value is not None:
        console.print(f"may bring {found.potential_value:,.0f}")
    if found.segments:
        console.print(f"segments: {', '.join(found.segments)}", markup=False)
    if found.group:
        roles = f" ({', '.join(found.group.roles)})" if found.group.roles else ""
        console.print(f"same company: {found.group.people} more, {found.group.score} points{roles}", markup=False)


def _lines(found: "ScoreReply") -> None:
    table = Table("rule", "points", "because", "read", "on")
    for line in found.lines:
        read = ", ".join(f"{name} {value}" for name, value in line.evidence.items())
        on = line.at.date().isoformat() if line.at else ""
        table.add_row(Text(line.rule), f"{line.points:+d}", Text(line.because), Text(read), on)
    table.add_section()
    table.add_row("", f"{found.score:+d}", f"fit {found.fit:+d}, engagement {found.engagement:+d}", "", "")
    console.print(table)


def _chance(found: "ScoreReply") -> None:
    if found.prediction is None:
        return
    told = found.prediction
    console.print(f"chance of a sale: {told.probability:.0%} (model {told.model})", markup=False, highlight=False)
    for reason in told.reasons:
        console.print(f"  {reason.words}", markup=False, highlight=False)


def _next(found: "ScoreReply") -> None:
    if found.next_rank:
        console.print(f"{found.points_to_next} points to {found.next_rank}")
    for one in found.missing:
        console.print(f"  nobody asked: {one.answer}, up to {one.points:+d} ({one.best})", markup=False)
    for flip in found.flips:
        console.print(f"  {_flip(flip)}", markup=False, highlight=False)
    if found.changes_at:
        console.print(f"may change by itself on {found.changes_at:%Y-%m-%d}")


def _flip(flip: "Flip") -> str:
    changes = (
        f"{change.fact} {change.value}" + (f" instead of {change.instead_of}" if change.instead_of else "")
        for change in flip.changes
    )
    return f"{' and '.join(changes)} would make it {flip.decision.replace('_', ' ')} ({flip.rank}, {flip.score} points)"
