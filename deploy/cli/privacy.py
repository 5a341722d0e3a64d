"""`leadbus person`: what is held of somebody, and how they are forgotten."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, me, rooms_of
from deploy.cli.terminal import AsJson, InstanceName, console, print_json
from deploy.stack import StackError

if TYPE_CHECKING:
    from shared.contracts.calls import CertificateReply

person = typer.Typer(help="What is held of a person, and how they are forgotten.", no_args_is_help=True)

#: How long `erase` waits for every room's word; the certificate tells the rest later.
PATIENCE_SECONDS = 20.0
PersonId = Annotated[UUID, typer.Argument(help="The person's id, as in a lead or an inquiry.")]


@person.command()
def export(
    person_id: PersonId,
    file: Annotated[Path | None, typer.Option(help="Write here instead of standard output.")] = None,
    instance: InstanceName = "local",
) -> None:
    """Print everything that every room holds of a person, as JSON. Ends with 1 when a room did not answer."""
    import json

    from gateway.exporting import export as collect
    from shared.contracts.errors import WireError
    from shared.messaging.rpc_client import RoomAway, RpcTimeout

    with rooms_of(instance) as rooms:
        try:
            found = collect(rooms, person_id, datetime.now(UTC))
        except (WireError, RoomAway, RpcTimeout) as error:
            raise StackError(str(error)) from None
    if file is None:
        print_json(found)
    else:
        file.write_text(json.dumps(found, indent=2, ensure_ascii=False))
        file.chmod(0o600)
        console.print(f"Written to {file}.", highlight=False)
    if not found["complete"]:
        raise StackError(f"not complete: {', '.join(found['not_answered'])} did not answer")


@person.command()
def erase(
    person_id: PersonId,
    reason: Annotated[str, typer.Option(help="Why. Kept for ever: name the request, not the person.")],
    by: Annotated[str | None, typer.Option(help="Who enters it; your account when left out.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Erase a person from every room, for good. Figures stay; what dealers and printers were given is listed."""
    from shared.contracts import calls

    if not yes:
        typer.confirm(f"Erase {person_id} from every room? This cannot be undone", abort=True, err=True)
    with rooms_of(instance) as rooms:
        begun = ask(rooms, calls.ERASE, person_id=person_id, reason=reason, by=by or me())
        until = time.monotonic() + PATIENCE_SECONDS
        found = ask(rooms, calls.CERTIFICATE, erasure_id=begun.erasure_id)
        while found.state != "complete" and time.monotonic() < until:
            time.sleep(0.3)
            found = ask(rooms, calls.CERTIFICATE, erasure_id=begun.erasure_id)
    _tell(found, json)


@person.command()
def certificate(
    erasure_id: Annotated[UUID, typer.Argument(help="The erasure, as `erase` named it.")],
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Show what was erased where, what is kept and why, and who must be told."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        _tell(ask(rooms, calls.CERTIFICATE, erasure_id=erasure_id), json)


@person.command()
def erasures(json: AsJson = False, instance: InstanceName = "local") -> None:
    """List the newest erasures, and which rooms have not answered yet."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.ERASURES)
    if json:
        print_json(schema.dump(found))
        return
    table = Table("requested", "state", "waits for", "erasure", box=None, pad_edge=False)
    for one in found.erasures:
        waits = ", ".join(one.waits_for)
        table.add_row(f"{one.requested_at:%Y-%m-%d %H:%M}", one.state, waits, str(one.erasure_id))
    console.print(table if found.erasures else "Nobody was erased.")
    if found.overdue:
        console.print(f"{found.overdue} wait for more than a day: see why with  leadbus parked", markup=False)


@person.command()
def consent(person_id: PersonId, json: AsJson = False, instance: InstanceName = "local") -> None:
    """Show what a person agreed to, when, and in which words."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.CONSENT, person_id=person_id)
    if json:
        print_json(schema.dump(found))
        return
    table = Table("channel", "purpose", "holds", "since", box=None, pad_edge=False)
    for one in found.holds:
        holds = "waits to be confirmed" if one.pending else "yes" if one.allowed else "no"
        table.add_row(one.channel, one.purpose, holds, f"{one.since:%Y-%m-%d %H:%M}")
    console.print(table if found.holds else "Nothing was ever said.")
    for said in found.statements:
        word = "yes" if said.allowed else "no"
        line = f"{said.at:%Y-%m-%d %H:%M}  {said.channel}/{said.purpose}: {word} ({said.state}), {said.origin}"
        console.print(Text(f"{line}, {said.version or said.text or 'no wording'}"), soft_wrap=True)


def _tell(found: "CertificateReply", json: bool) -> None:
    from shared.contracts import schema

    if json:
        print_json(schema.dump(found))
        return
    table = Table("room", "removed or blanked", box=None, pad_edge=False)
    for room in found.rooms:
        rows = ", ".join(f"{number} {name}" for name, number in sorted(room.removed.items()))
        table.add_row(room.room, rows or ("held nothing" if room.erased_at else "no word yet"))
    console.print(f"Erasure {found.erasure_id}: {found.state}", highlight=False)
    console.print(table)
    _tell_passed_on([vars(one) for one in found.passed_on])
    if found.state != "complete":
        console.print(f"Ask again: leadbus person certificate {found.erasure_id}", highlight=False, soft_wrap=True)


def _tell_passed_on(passed_on: list[dict[str, Any]]) -> None:
    if passed_on:
        console.print("These were given something before and must be told:")
        for one in passed_on:
            when = f" on {one['at']:%Y-%m-%d}" if one["at"] else ""
            console.print(Text(f"  {one['to']}, by {one['by']}{when}: {one['what']}"), soft_wrap=True)
