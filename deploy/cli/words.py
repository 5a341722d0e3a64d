"""`leadbus owners worksheet, upload, replies, settle, blockers`: what owners say otherwise than by a link."""

import getpass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, rooms_of
from deploy.cli.terminal import AsJson, InstanceName, console, print_json

Owner = Annotated[str, typer.Argument(help="The owner's id in owners.yml.")]


def worksheet(
    owner_id: Owner,
    out: Annotated[Path | None, typer.Option(help="File to write; shown when left out.")] = None,
    instance: InstanceName = "local",
) -> None:
    """Write an owner's open leads as a CSV table with columns to fill in."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        sheet = ask(rooms, calls.WORKSHEET, owner_id=owner_id)
    if out is None:
        typer.echo(sheet.csv, nl=False)
        return
    # Excel knows UTF-8 by its mark alone.
    out.write_text(sheet.csv, encoding="utf-8-sig", newline="")
    console.print(f"{out}: {sheet.leads} open leads", markup=False)


def upload(
    owner_id: Owner,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The worksheet, filled in.")],
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Take a filled worksheet: a verdict for each row. The same file again changes nothing."""
    from shared.contracts import calls, schema

    said_by = f"command line: {getpass.getuser()}"
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.FILLED_SHEET, owner_id=owner_id, csv=text, by=said_by)
    if json:
        print_json(schema.dump(found))
    else:
        table = Table("row", "lead", "outcome", "status", "", box=None, pad_edge=False)
        for one in found.rows:
            if one.outcome != "empty":
                cells = (str(one.row), one.lead[:8], one.outcome, one.status or "", one.because or "")
                table.add_row(*map(Text, cells))
        console.print(table)
    if any(one.outcome == "refused" for one in found.rows):
        raise typer.Exit(1)


def replies(json: AsJson = False, instance: InstanceName = "local") -> None:
    """List mail of owners that somebody has to look at: not understood, refused, from strangers, bounced."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.WAITING_REPLIES)
    if json:
        print_json(schema.dump(found))
        return
    table = Table("mail", "received", "owner", "lead", "", "wrote", box=None, pad_edge=False)
    for one in found.replies:
        lead, wrote = str(one.lead_id or ""), " ".join((one.text or one.subject or "").split())[:60]
        cells = (str(one.receipt_id), f"{one.received_at:%m-%d %H:%M}", one.owner_id or one.sender or "?", lead[:8])
        table.add_row(*map(Text, (*cells, f"{one.outcome}: {one.because or ''}", wrote)))
    console.print(table)


def settle(
    receipt_id: Annotated[UUID, typer.Argument(help="As `leadbus owners replies` shows it.")],
    instance: InstanceName = "local",
) -> None:
    """Take a mail off that list: somebody has dealt with it."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        done = ask(rooms, calls.SETTLE_REPLY, receipt_id=receipt_id, by=getpass.getuser())
    console.print("settled" if done.settled else "it was settled before")


def blockers(json: AsJson = False, instance: InstanceName = "local") -> None:
    """List what keeps owners from going on with leads, the most leads first."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.BLOCKERS)
    if json:
        print_json(schema.dump(found))
        return
    table = Table("leads", "owner", "because", box=None, pad_edge=False)
    for one in found.blockers:
        table.add_row(*map(Text, (str(one.leads), one.owner_name, one.reason)))
    console.print(table)
