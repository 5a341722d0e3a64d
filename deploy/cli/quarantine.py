"""`leadbus quarantine`: what was set aside; look, put right, release, confirm as junk."""

import getpass
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.terminal import AsJson, InstanceName, console, instance_folder, print_json
from deploy.stack import Stack, StackError

if TYPE_CHECKING:
    from shared.contracts.calls import Call, InspectReply, ReleaseReply, ReleaseRunReply
    from shared.messaging.rpc_client import RpcPool

# The contracts take longer to import than most commands run: only these commands wait for them.

quarantine = typer.Typer(
    help="Inquiries that were set aside: unreadable, unreachable, suspect. Nothing is ever deleted.",
    no_args_is_help=True,
)

SECONDS = 30.0
InquiryId = Annotated[UUID, typer.Argument(help="The inquiry, as the list shows it.")]
Reason = Annotated[str | None, typer.Option(help="Only this reason: no_contact, spam, unreadable, pull_failed, …")]
SourceId = Annotated[str | None, typer.Option("--source", help="Only this source.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what was received on this day, in UTC.")]
Trusted = Annotated[bool, typer.Option("--no-spam", help="It was looked at and is no spam, whatever it looks like.")]
By = Annotated[str, typer.Option(help="Who does it; the name of this account when left out.")]


@quarantine.command("list")
def list_entries(
    reason: Reason = None,
    source: SourceId = None,
    day: Day = None,
    junk: Annotated[bool, typer.Option("--junk", help="What was confirmed as junk, instead of what waits.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    cursor: Annotated[str | None, typer.Option(help="The next page, as the page before named it.")] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """List what was set aside, newest first."""
    from shared.contracts import calls, schema

    asked = {"reason": reason, "source": source, "day": day.date() if day else None, "junk": junk}
    with _capture(instance) as rooms:
        found = _ask(rooms, calls.QUARANTINE, limit=limit, cursor=cursor, **asked)
    if json:
        print_json(schema.dump(found))
        return
    table = Table("received", "source", "reason", "who", "detail", "inquiry")
    for entry in found.entries:
        cells = (f"{entry.received_at:%Y-%m-%d %H:%M}", entry.source, entry.reason, entry.who, entry.detail)
        # What a sender wrote is text, not markup.
        table.add_row(*map(Text, cells), Text(str(entry.inquiry_id), no_wrap=True, overflow="fold"))
    console.print(table if found.entries else "Nothing is set aside.")
    if found.next:
        console.print(f"More: --cursor {found.next}", markup=False, soft_wrap=True, highlight=False)


@quarantine.command()
def show(inquiry_id: InquiryId, json: AsJson = False, instance: InstanceName = "local") -> None:
    """Show one inquiry: why it is here, what was sent, what was read, what was done to it."""
    from shared.contracts import calls, schema

    with _capture(instance) as rooms:
        found = _ask(rooms, calls.INSPECT, inquiry_id=inquiry_id)
    if json:
        print_json(schema.dump(found))
        return
    for line in _told(found):
        console.print(Text(line), soft_wrap=True)


def _told(found: "InspectReply") -> Iterator[str]:
    yield f"{found.inquiry_id}  {found.outcome}{' (junk)' if found.junk else ''}"
    if found.reason:
        yield f"why       {found.reason}: {found.detail}"
    if found.outcome == "quarantined":
        yield f"now       {f'{found.still}: {found.still_detail}' if found.still else 'it would pass'}"
    yield f"source    {found.source} ({found.channel}, read as {found.dialect})"
    yield f"received  {found.received_at:%Y-%m-%d %H:%M} UTC, receipt {found.receipt_id}, row {found.row}"
    for note in found.notes:
        yield f"remark    {note['field']}: {note['problem']}"
    for name, value in found.fields.items():
        if value:
            yield f"  {name} = {value}"
    for repair in found.repairs:
        done = f"{repair.action} by {repair.by}: {repair.reason_before} -> {repair.outcome_after}"
        yield f"{repair.at:%Y-%m-%d %H:%M}  {done}"
    yield f"--- {found.raw.size} bytes, {found.raw.content_type}{'' if found.raw.whole else ', the beginning'}"
    yield found.raw.text


@quarantine.command()
def release(
    inquiry_id: Annotated[UUID | None, typer.Argument(help="One inquiry; leave it out with --all.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Put a field right: person.email=ann@lee.example. May be repeated; empty removes."),
    ] = None,
    trusted: Trusted = False,
    all_: Annotated[bool, typer.Option("--all", help="All that fit --reason, --source and --day.")] = False,
    reason: Reason = None,
    source: SourceId = None,
    day: Day = None,
    preview: Annotated[bool, typer.Option("--preview", help="With --all: only count how many would pass.")] = False,
    by: By = "",
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Release: read, judge and register again with the company's present mapping. What does not pass stays."""
    from shared.contracts import calls

    if all_ == (inquiry_id is not None):
        raise StackError("name one inquiry, or say --all")
    with _capture(instance) as rooms:
        if inquiry_id is not None:
            corrections = dict(_pair(one) for one in set_ or [])
            reply = _ask(
                rooms, calls.RELEASE, inquiry_id=inquiry_id, by=_name(by), corrections=corrections, trusted=trusted
            )
            _tell(reply, json)
            return
        asked = {"reason": reason, "source": source, "day": day.date() if day else None, "trusted": trusted}
        run = _followed(rooms, _ask(rooms, calls.RELEASE_MANY, by=_name(by), preview=preview, **asked), json)
    if json:
        from shared.contracts import schema

        print_json(schema.dump(run))


@quarantine.command()
def junk(
    inquiry_id: InquiryId,
    undo: Annotated[bool, typer.Option("--undo", help="It is no junk after all.")] = False,
    by: By = "",
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Confirm that an inquiry is junk. It stays, marked, and can still be released."""
    from shared.contracts import calls

    with _capture(instance) as rooms:
        _tell(_ask(rooms, calls.JUNK, inquiry_id=inquiry_id, by=_name(by), junk=not undo), json)


def _tell(reply: "ReleaseReply", json: bool) -> None:
    from shared.contracts import schema

    if json:
        print_json(schema.dump(reply))
    elif reply.outcome == "quarantined":
        word = "marked as junk" if reply.junk else "stays"
        console.print(Text(f"{reply.inquiry_id} {word}: {reply.reason}, {reply.detail}"), soft_wrap=True)
    else:
        before = " before; nothing was changed" if reply.already else ""
        lead = f", lead {reply.lead_id}" if reply.lead_id else ""
        console.print(Text(f"{reply.inquiry_id} {reply.outcome}{before}{lead}"), soft_wrap=True)


def _followed(rooms: "RpcPool", run: "ReleaseRunReply", json: bool) -> "ReleaseRunReply":
    """Tells how far the run is until it is done."""
    from shared.contracts import calls

    while True:
        if not json:
            outcomes = ", ".join(f"{number} {outcome}" for outcome, number in sorted(run.outcomes.items()))
            console.print(Text(f"{run.handled} of {run.total}: {outcomes or 'nothing'}"))
        if run.done:
            return run
        time.sleep(1)
        run = _ask(rooms, calls.RELEASE_RUN, run_id=run.run_id)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise StackError(f"--set takes NAME=VALUE, not {text!r}")
    return name.strip(), value


def _name(by: str) -> str:
    return f"{by.strip() or getpass.getuser()} (command line)"


def _ask(rooms: "RpcPool", call: "Call[Any, Any]", **fields: Any) -> Any:
    from shared.contracts.errors import ContractViolation, NotFound, WireError
    from shared.messaging.rpc_client import RoomAway, RpcTimeout

    try:
        return rooms.call(call, **fields)
    except NotFound:
        raise StackError("there is no such inquiry in quarantine") from None
    except ContractViolation as error:
        problems = error.fields.items() if isinstance(error.fields, dict) else [("request", error.fields)]
        raise StackError("; ".join(f"{name}: {said}" for name, said in problems)) from None
    except (RoomAway, RpcTimeout, WireError) as error:
        raise StackError(f"capture does not answer ({type(error).__name__}): does it run?") from None


@contextmanager
def _capture(instance: str) -> "Iterator[RpcPool]":
    """Calls to the front desk: of the private instance where it runs, else through the broker of LEADBUS_AMQP_URI."""
    from shared import settings
    from shared.messaging.rpc_client import RpcPool

    stack = Stack(instance_folder(instance))
    try:
        uri = stack.amqp_uri if stack.running else settings.get("LEADBUS_AMQP_URI")
    except settings.SettingMissing as missing:
        raise StackError(f"the instance does not run; {missing}") from None
    yield RpcPool(uri, size=1, timeout_seconds=SECONDS)
