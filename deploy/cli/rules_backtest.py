"""`leadbus rules backtest`: what the draft would have made of the leads of the last months."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, me, rooms_of
from deploy.cli.rules_folder import Folder, rules_in, text_in
from deploy.cli.terminal import AsJson, InstanceName, console, errors, instance_folder, print_json
from deploy.rooms import DatabaseNotNamed, url_of
from deploy.stack import Stack, StackError
from shared.clock import from_setting

if TYPE_CHECKING:
    from services.qualify.domain.backtest import Tally
    from shared.contracts.calls import BacktestReport, Lift, MovedLead

MONTH = timedelta(days=30.44)


def backtest(
    months: Annotated[
        int, typer.Option(min=1, max=240, help="Leads that responded first in the last so many months.")
    ] = 12,
    against: Annotated[str | None, typer.Option(help="A version (leadbus rules show); live when left out.")] = None,
    html: Annotated[Path | None, typer.Option(help="Also write the report as a page with plots.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one per processor when left out.")] = None,
    keep: Annotated[bool, typer.Option(help="Keep the report with the draft, for those who approve it.")] = True,
    folder: Folder = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Run the draft over stored history: who changes rank, what each owner would get, which sales it would have missed.

    Every lead is judged by both rule sets as of the moments when it was worked, with nothing that was learnt later.
    It only reads, in processes of its own that step back behind everything else: scoring goes on beside it.
    """
    from services.qualify import backtesting
    from services.qualify.backtest_reports import report_of
    from services.qualify.domain.backtest import Span
    from shared.contracts import calls, schema

    draft, text = rules_in(folder), text_in(folder)
    url, now = _where(instance)
    with rooms_of(instance) as rooms:
        live = ask(rooms, calls.RULE_TEXT, version=against)
    span = Span(since=now - months * MONTH, until=now)
    began = time.monotonic()
    with _progress(quiet=json) as progress:
        test = backtesting.Test(url, live.text, text, span)
        found: Tally = backtesting.run(test, workers=workers, progress=progress)
    report = report_of(
        found,
        draft=draft.version,
        against=live.version,
        span=span,
        prices=draft.print_cost,
        seconds=time.monotonic() - began,
    )
    if keep:
        with rooms_of(instance) as rooms:
            ask(rooms, calls.KEEP_BACKTEST, report=report, by=me(), text=text)
    if html is not None:
        from gateway.backtest_page import page

        html.write_text(page(report), encoding="utf-8")
    if json:
        print_json(schema.dump(report))
    else:
        tell(report)
        if html is not None:
            console.print(f"The page: {html}", markup=False, soft_wrap=True)


def _where(instance: str) -> tuple[str, datetime]:
    """The database of qualification, and its business time."""
    try:
        return url_of("qualify"), from_setting(os.environ.get("LEADBUS_CLOCK_FILE", "")).now()
    except DatabaseNotNamed:
        stack = Stack(instance_folder(instance))
        if not stack.running:
            raise StackError(f"the instance in {stack.instance.folder} is down; start it with: leadbus up") from None
        return stack.database_url("qualify"), from_setting(str(stack.clock_file)).now()


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; a line for each tenth elsewhere."""
    done = 0
    columns = (TextColumn("leads"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, disable=quiet or not errors.is_terminal) as bar:
        task = bar.add_task("leads", total=None)

        def tell(read: int, total: int) -> None:
            nonlocal done
            before, done = done, done + read
            bar.update(task, completed=done, total=total)
            if not quiet and not errors.is_terminal and before * 10 // total != done * 10 // total:
                errors.print(f"{done} of {total} leads", highlight=False)

        yield tell


def tell(report: "BacktestReport") -> None:
    """The report on a terminal."""
    console.print(
        f"{report.leads} leads from {report.since} to {report.until}, {report.draft} against {report.against}: "
        f"{report.changed} change rank or decision ({report.seconds} s).",
        highlight=False,
    )
    if not report.changed:
        console.print("The draft judges every lead as the other rules do.")
    else:
        moved = Table("rank", "becomes", "leads", box=None, pad_edge=False)
        for move in report.ranks:
            if move.before != move.after:
                moved.add_row(move.before, move.after, str(move.leads))
        console.print(moved)
    console.print(f"Sales gets {report.qualified_draft} leads instead of {report.qualified_live}.", highlight=False)
    if report.load:
        loads = Table("owner", "now", "then", box=None, pad_edge=False)
        for load in report.load[:20]:
            loads.add_row(Text(load.owner_id or "nobody yet"), f"{load.live:g}", f"{load.draft:g}")
        console.print(loads)
    if report.won + report.lost:
        console.print(
            f"Of {report.won + report.lost} leads whose end is known, {report.won} were won.", highlight=False
        )
        for name, lift in (("now ", report.live_lift), ("then", report.draft_lift)):
            console.print(f"  {name}  {_lift(lift)}", highlight=False)
    for cost in report.prints:
        console.print(
            f"Print for {cost.rank} leads at {cost.each}: {cost.draft * cost.each} instead of {cost.live * cost.each}.",
            highlight=False,
        )
    _tell_leads("Won leads that sales would not have got:", report.newly_missed)
    _tell_leads("Examples:", report.examples[:10])


def _lift(lift: "Lift") -> str:
    if lift.win_rate is None:
        return f"none of them was qualified; {lift.missed} won without it"
    times = f", {lift.lift} times the average" if lift.lift is not None else ""
    return f"{lift.win_rate} % of {lift.qualified} qualified were won{times}; {lift.missed} won without it"


def _tell_leads(title: str, leads: "list[MovedLead]") -> None:
    if not leads:
        return
    console.print(title)
    for lead in leads:
        said = f"{lead.rank_before} {lead.score_before} -> {lead.rank_after} {lead.score_after}"
        if lead.decision_before != lead.decision_after:
            said += f", {lead.decision_before} -> {lead.decision_after}"
        console.print(f"  {lead.lead_id}  {said}", highlight=False, soft_wrap=True)
        for sentence in lead.because:
            console.print(Text(f"      {sentence}", style="dim"), soft_wrap=True)
