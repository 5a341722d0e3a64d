"""`leadbus prediction`: learn from won and lost leads, look at the model, put it to work or back."""

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, database_of, me, rooms_of
from deploy.cli.terminal import AsJson, InstanceName, console, errors, print_json
from deploy.stack import StackError

if TYPE_CHECKING:
    from services.qualify.prediction.learning.job import Done
    from shared.contracts.calls import PredictionCardReply, PredictionReply

# scikit-learn takes seconds to import: only `train` and `check` wait for it.

prediction = typer.Typer(
    help="The chance of a sale, learnt from the company's own won and lost leads. Beside the points, never instead.",
    no_args_is_help=True,
)

Version = Annotated[str | None, typer.Argument(help="Which model; the one at work when left out.")]
LeaveOut = Annotated[
    list[str] | None, typer.Option("--leave-out", help="A fact that must not be read. May be repeated.")
]
InTime = Annotated[
    list[str] | None,
    typer.Option("--known-in-time", help="A fact that looks known only afterwards, and is not. May be repeated."),
]


@prediction.command()
def train(
    leave_out: LeaveOut = None,
    known_in_time: InTime = None,
    when_due: Annotated[bool, typer.Option("--when-due", help="Do nothing unless it is time: for cron.")] = False,
    activate: Annotated[bool, typer.Option(help="Put the model to work when nothing is in doubt.")] = True,
    folder: Annotated[Path | None, typer.Option("--company", help="The company's folder.")] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Learn. Ends with 3 when the model is in doubt and somebody has to look."""
    done = _learn(instance, folder, leave_out, known_in_time, json, when_due=when_due, activate=activate, keep=True)
    _tell_done(done, json)


@prediction.command()
def check(
    leave_out: LeaveOut = None,
    known_in_time: InTime = None,
    folder: Annotated[Path | None, typer.Option("--company", help="The company's folder.")] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Learn and tell, without keeping anything: how good would a model be, and which facts are in doubt?"""
    done = _learn(instance, folder, leave_out, known_in_time, json, when_due=False, activate=False, keep=False)
    _tell_done(done, json)


@prediction.command()
def show(json: AsJson = False, instance: InstanceName = "local") -> None:
    """Show what is at work, how it holds week by week, and whether it is time to train."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.PREDICTION)
    if json:
        print_json(schema.dump(found))
    else:
        _tell_overview(found)


@prediction.command()
def card(version: Version = None, json: AsJson = False, instance: InstanceName = "local") -> None:
    """Show what a model learnt from, how good it is, what it reads, and what to doubt."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.PREDICTION_CARD, version=version)
    if json:
        print_json(schema.dump(found))
    else:
        _tell_card(found)


@prediction.command()
def activate(
    version: Annotated[str, typer.Argument(help="Which model, as `show` lists it.")],
    despite_doubts: Annotated[
        bool, typer.Option("--despite-doubts", help="Its doubts were looked at and do not hold.")
    ] = False,
    instance: InstanceName = "local",
) -> None:
    """Put a model to work."""
    _put(instance, version=version, despite_doubts=despite_doubts)


@prediction.command()
def rollback(instance: InstanceName = "local") -> None:
    """Put back what was at work before."""
    _put(instance, previous=True, despite_doubts=True)


@prediction.command()
def stop(instance: InstanceName = "local") -> None:
    """Predict nothing from now on."""
    _put(instance, version=None)


def _put(instance: str, **wanted: Any) -> None:
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.ACTIVATE_PREDICTION, by=me(), **wanted)
    console.print(f"At work: {found.at_work or 'nothing'}", markup=False, highlight=False)


def _learn(
    instance: str,
    folder: Path | None,
    leave_out: list[str] | None,
    known_in_time: list[str] | None,
    quiet: bool,
    *,
    when_due: bool,
    activate: bool,
    keep: bool,
) -> "Done":
    if importlib.util.find_spec("sklearn") is None:
        raise StackError("learning needs scikit-learn: pip install 'leadbus[prediction]'")
    from services.qualify.prediction.learning.candidates import NothingToLearn
    from services.qualify.prediction.learning.job import Job
    from services.qualify.prediction.learning.training import TooFewOutcomes
    from services.qualify.prediction.settings import load_settings
    from shared import settings
    from shared.company_file import CompanyError

    url, clock = database_of("qualify", instance)
    company = folder or Path(settings.get("LEADBUS_COMPANY"))
    try:
        wanted = load_settings(company).with_answers(tuple(leave_out or ()), tuple(known_in_time or ()))
        job = Job(url, company, wanted, me(), clock)
        with _progress(quiet) as progress:
            return job.run(progress, only_when_due=when_due, activate=activate, keep=keep)
    except (TooFewOutcomes, NothingToLearn, CompanyError) as problem:
        raise StackError(str(problem)) from None


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal; a line for each step elsewhere."""
    if quiet:
        yield lambda name, done, total: None
    elif errors.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=errors) as bar:
            task = bar.add_task("reading leads")
            yield lambda name, done, total: bar.update(task, description=name, completed=done, total=total)
    else:
        told: set[str] = set()

        def line(name: str, done: int, total: int) -> None:
            if name not in told:
                told.add(name)
                errors.print(f"{name} ({done} of {total})", markup=False, highlight=False)

        yield line


def _tell_done(done: "Done", json: bool) -> None:
    if json:
        print_json(
            {"because": done.because, "at_work": done.at_work, "card": done.trained.card if done.trained else None}
        )
    elif done.trained is None:
        console.print(done.because)
    else:
        _tell_trials(done.trained.card)
        console.print(f"{done.trained.model.version}: {done.because}", markup=False, highlight=False, soft_wrap=True)
    if done.trained and done.trained.doubts:
        raise typer.Exit(3)


def _tell_overview(found: "PredictionReply") -> None:
    console.print(f"At work: {found.at_work or 'nothing'}", markup=False, highlight=False)
    console.print(f"Outcomes: {found.won} won, {found.lost} lost", highlight=False)
    for sentence in (found.missing, found.due and f"Time to train: {found.due}"):
        if sentence:
            console.print(Text(sentence, style="yellow"), soft_wrap=True)
    if found.models:
        table = Table("model", "state", "kind", "trained", "leads", "AUC", "newer leads", "Brier")
        for one in found.models:
            figures = (f"{one.auc:.3f}", f"{one.auc_by_time:.3f}", f"{one.brier:.4f}")
            table.add_row(
                one.version, one.state.replace("_", " "), one.kind.replace("_", " "), f"{one.trained_at:%Y-%m-%d}",
                str(one.leads), *figures,
            )  # fmt: skip
        console.print(table)
    if found.weeks:
        table = Table("week of", "leads", "moved most", "index", "closed", "predicted", "won", "alarms")
        for week in found.weeks:
            table.add_row(
                f"{week.week}", str(week.leads), week.moved_most or "", f"{week.stability:.2f}", str(week.closed),
                f"{week.predicted:.0f}", str(week.won), Text("; ".join(week.alarms)),
            )  # fmt: skip
        console.print(table)


def _tell_card(found: "PredictionCardReply") -> None:
    told = found.card
    examples = told["examples"]
    console.print(f"Model {found.version}: {found.state.replace('_', ' ')}", markup=False, highlight=False)
    console.print(f"Trained {found.trained_at:%Y-%m-%d %H:%M} by {found.trained_by}", markup=False, highlight=False)
    console.print(
        f"From {examples['leads']} closed leads ({examples['won']} won) that began {examples['first']} to "
        f"{examples['last']}, as of {examples['days']:g} days after each began",
        highlight=False,
        soft_wrap=True,
    )
    _tell_trials(told)
    table = Table("predicted", "came", "leads", title="How its chances held, on leads that it had not learnt from")
    for step in next(trial for trial in told["trials"] if trial["chosen"])["shuffled"]["steps"]:
        table.add_row(f"{step['predicted']:.1%}", f"{step['actual']:.1%}", str(step["leads"]))
    console.print(table)
    table = Table("fact", "alone", "newer leads", "share", "remarks", title="What it reads: AUC of each fact alone")
    for fact in told["facts"]:
        figures = (f"{fact['alone']:.3f}", f"{fact['alone_later']:.3f}", f"{fact['share']:.0%}")
        table.add_row(Text(fact["fact"]), *figures, Text(fact["because"]))
    console.print(table)
    for limit in told["limits"]:
        console.print(Text(f"Limit: {limit}"), soft_wrap=True)


def _tell_trials(told: dict[str, Any]) -> None:
    table = Table("", "AUC", "95 %", "Brier", "AUC, newer leads", "Brier, newer")
    for trial in told["trials"]:
        shuffled, later = trial["shuffled"], trial["by_time"]
        table.add_row(
            Text(f"{'→ ' if trial['chosen'] else '  '}{trial['name']}"),
            f"{shuffled['auc']['value']:.3f}",
            f"{shuffled['auc']['low']:.3f} to {shuffled['auc']['high']:.3f}",
            f"{shuffled['brier']['value']:.4f}",
            f"{later['auc']['value']:.3f}",
            f"{later['brier']['value']:.4f}",
        )
    console.print(table)
    console.print(Text(f"Chosen: {told['because']}."), soft_wrap=True)
    for doubt in told["doubts"]:
        console.print(Text(f"In doubt: {doubt}", style="yellow"), soft_wrap=True)
        console.print(
            "  Answer with --leave-out FACT or --known-in-time FACT, or in prediction.yml.",
            markup=False,
            soft_wrap=True,
        )
