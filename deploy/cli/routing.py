"""`leadbus routing simulate`: who would get a month's leads under other rules."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import database_of
from deploy.cli.terminal import AsJson, InstanceName, console, print_json
from deploy.cli.territories_lint import rules_of

if TYPE_CHECKING:
    from services.router.domain.rules import Rules
    from services.router.usecases.simulating import Past, Simulation

routing = typer.Typer(help="Rules of routing: tried on history before they are live.", no_args_is_help=True)

#: Leads that change hands and are shown with the reason.
_EXAMPLES = 10


@routing.callback()
def group() -> None:
    """Rules of routing: tried on history before they are live."""


@dataclass
class Compared:
    """A month under the present rules and under the draft."""

    present: "Simulation"
    draft: "Simulation"
    leads: int = 0
    had: Counter[str] = field(default_factory=Counter)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[tuple[UUID, str, str, str]] = field(default_factory=list)

    def take(self, past: "Past") -> None:
        """Assigns one lead under both."""
        self.leads += 1
        self.had[past.owner_id] += 1
        before, after = self.present.assign(past), self.draft.assign(past)
        if before.owner_id == after.owner_id:
            return
        self.moved[before.owner_id, after.owner_id] += 1
        if len(self.examples) < _EXAMPLES:
            because = next(one.because for one in after.candidates if one.chosen)
            self.examples.append((past.lead_id, before.owner_id, after.owner_id, because))


@routing.command()
def simulate(
    month: Annotated[str, typer.Option(help="As 2026-10.")],
    company: Annotated[Path, typer.Option(help="The folder with the draft of owners.yml and territories.yml.")],
    present: Annotated[Path | None, typer.Option(help="The folder of now; LEADBUS_COMPANY when left out.")] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Assign a month of history under draft rules: who would get more or fewer, and how full they would be.

    Every lead that became sales-ready in the month is given out again under the present rules and the draft, with
    turns, limits and accounts as they would have been. It only reads, in batches; routing goes on beside it.
    """
    from deploy.stack import StackError
    from services.router.usecases import simulating
    from shared.database import engine as engines
    from shared.months import span_of

    try:
        start, end = span_of(month)
    except ValueError:
        raise StackError(f"--month {month}: write it like 2026-10") from None
    found = Compared(simulating.Simulation(rules_of(present)), simulating.Simulation(rules_of(company)))
    engine = engines.create(database_of("router", instance)[0])
    with engines.sessions(engine)() as session, Progress(console=console, transient=True, disable=json) as progress:
        task = progress.add_task("assigning", total=simulating.number_of_leads(session, start, end))
        for past in simulating.history(session, start, end):
            found.take(past)
            progress.advance(task)
    engine.dispose()
    if json:
        print_json(_document(month, found))
    else:
        _print(month, found)


def _owners(found: Compared) -> list[str]:
    names = {*found.had, *found.present.given, *found.draft.given}
    return sorted(names, key=lambda name: (-abs(_change(found, name)), name))


def _change(found: Compared, name: str) -> int:
    return found.draft.given[name] - found.present.given[name]


def _capacity(found: Compared, name: str) -> dict[str, Any]:
    owner = found.draft.rules.owners.get(name)
    caps = owner.caps if owner else None
    return {
        "busiest_day": found.draft.busiest_day(name),
        "per_day": caps.day if caps else None,
        "per_month": caps.month if caps else None,
    }


def _document(month: str, found: Compared) -> dict[str, Any]:
    return {
        "month": month,
        "leads": found.leads,
        "moved": sum(found.moved.values()),
        "held": {"present": found.present.held, "draft": found.draft.held},
        "owners": [
            {
                "owner": name,
                "had": found.had[name],
                "present": found.present.given[name],
                "draft": found.draft.given[name],
                "change": _change(found, name),
                **_capacity(found, name),
            }
            for name in _owners(found)
        ],
        "moves": [{"from": one, "to": other, "leads": n} for (one, other), n in found.moved.most_common()],
        "territories": dict(found.draft.territories.most_common()),
        "examples": [
            {"lead_id": str(lead), "from": one, "to": other, "because": why} for lead, one, other, why in found.examples
        ],
    }


def _print(month: str, found: Compared) -> None:
    moved = sum(found.moved.values())
    console.print(f"{found.leads} leads became sales-ready in {month}; under the draft {moved} go to somebody else.")
    if not found.leads:
        return
    table = Table("owner", "had", "by now's rules", "by the draft", "change", "busiest day", box=None, pad_edge=False)
    for name in _owners(found):
        busy = _capacity(found, name)
        of = f" of {busy['per_day']}" if busy["per_day"] else ""
        table.add_row(
            Text(_name(found.draft.rules, name)),
            str(found.had[name]),
            str(found.present.given[name]),
            str(found.draft.given[name]),
            f"{_change(found, name):+d}" if _change(found, name) else "",
            f"{busy['busiest_day']}{of}",
        )
    console.print(table)
    for lead, one, other, because in found.examples:
        rules = found.draft.rules
        console.print(Text(f"{lead}: {_name(rules, one)} → {_name(rules, other)}: {because}"), soft_wrap=True)


def _name(rules: "Rules", owner_id: str) -> str:
    owner = rules.owners.get(owner_id)
    return owner.name if owner else owner_id
