"""`leadbus referrals`: leads that own staff forward, and what they earn."""

import secrets
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, me, rooms_of
from deploy.cli.terminal import AsJson, InstanceName, console, print_json

referrals = typer.Typer(help="Leads that own staff forward, and what they earn.", no_args_is_help=True)

Number = Annotated[str | None, typer.Option("--referrer", help="Only this participant, by number.")]
Month = Annotated[str | None, typer.Option(help="Such as 2026-03; this month (UTC) when left out.")]


@referrals.command("list")
def list_referrals(referrer: Number = None, json: AsJson = False, instance: InstanceName = "local") -> None:
    """List forwarded leads and what became of them, newest first."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.REFERRALS, referrer=referrer, limit=200)
    if json:
        print_json(schema.dump(found))
        return
    table = Table("received", "by", "status", "earned", "paid", "counts", box=None, pad_edge=False)
    for one in found.referrals:
        money = (f"{one.earned} {one.currency}" if one.currency else "", str(one.paid) if one.currency else "")
        day = f"{one.received_at:%Y-%m-%d}"
        table.add_row(*map(Text, (day, one.referrer or "?", one.status, *money, one.state_text)))
    console.print(table if found.referrals else "Nobody has forwarded a lead yet.")


@referrals.command()
def credits(
    month: Month = None, referrer: Number = None, json: AsJson = False, instance: InstanceName = "local"
) -> None:
    """Show what was earned in a month, per participant, and what of it is paid."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.CREDITS, month=month or _this_month(), referrer=referrer)
    _tell(found, json, f"Nothing was earned in {found.month}.")


@referrals.command()
def pay(
    month: Annotated[str, typer.Argument(help="Such as 2026-03.")],
    referrer: Number = None,
    reference: Annotated[str | None, typer.Option(help="Of the payroll run or the transfer.")] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Mark what is open of a month as paid, and show it. Paid once: a second call marks nothing."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.PAY_CREDITS, month=month, referrer=referrer, reference=reference, by=me())
    _tell(found, json, f"Nothing was open in {month}.")


@referrals.command()
def link(
    number: Annotated[str, typer.Argument(help="The participant's number in referrals.yml.")],
    instance: InstanceName = "local",
) -> None:
    """Show the personal link of a participant, to be handed to them alone."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.REFERRER_LINK, number=number)
    console.print(found.url, soft_wrap=True, highlight=False, markup=False)


@referrals.command()
def pin() -> None:
    """Ask for a PIN, and print what referrals.yml keeps of it."""
    from services.capture.domain.referrals import pin_hash

    text = typer.prompt("PIN", hide_input=True, confirmation_prompt=True)
    console.print(pin_hash(text, secrets.token_hex(8)), soft_wrap=True, highlight=False, markup=False)


def _this_month() -> str:
    return f"{datetime.now().astimezone():%Y-%m}"


def _tell(found: Any, json: bool, nothing: str) -> None:
    from shared.contracts import schema

    if json:
        print_json(schema.dump(found))
        return
    table = Table("number", "name", "credited", "paid", "open", "", box=None, pad_edge=False)
    for one in found.totals:
        cells = (one.referrer, one.name or "", str(one.credited), str(one.paid), str(one.open), one.currency)
        table.add_row(*map(Text, cells))
    console.print(table if found.totals else nothing)
