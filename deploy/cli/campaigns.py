"""`leadbus campaigns`: the register of campaigns, their costs and codes."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, me, rooms_of
from deploy.cli.terminal import AsJson, InstanceName, console, print_json

if TYPE_CHECKING:
    from shared.contracts.calls import CampaignEntry

campaigns = typer.Typer(help="Campaigns: what they cost, what came of them, and their codes.", no_args_is_help=True)

CampaignId = Annotated[str, typer.Argument(help="The campaign's id: small letters, digits and hyphens.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@campaigns.command("list")
def list_campaigns(json: AsJson = False, instance: InstanceName = "local") -> None:
    """List all campaigns with cost, responses and leads, expected and actual."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.CAMPAIGNS)
    if json:
        print_json(schema.dump(found))
        return
    table = Table("campaign", "medium", "from", "to", "responses", "leads", "cost", "codes", box=None, pad_edge=False)
    for one in found.campaigns:
        table.add_row(*map(Text, _cells(one)))
    console.print(table if found.campaigns else "No campaigns yet: leadbus campaigns add ID NAME")
    for one in found.campaigns:
        if one.conflict:
            said = "; ".join(f"{name}: {text}" for name, text in one.conflict.items())
            console.print(f"{one.campaign_id}: the file says otherwise: {said}", style="yellow", markup=False)


@campaigns.command()
def add(
    campaign_id: CampaignId,
    name: Annotated[str, typer.Argument(help="As people call it.")],
    medium: Annotated[str | None, typer.Option(help="web, print, trade_show, …: any word.")] = None,
    starts_on: Day = None,
    ends_on: Day = None,
    currency: Annotated[str | None, typer.Option(help="Of its costs, such as USD.")] = None,
    expect_responses: Annotated[int | None, typer.Option(help="Responses expected.")] = None,
    expect_leads: Annotated[int | None, typer.Option(help="Leads expected.")] = None,
    audience: Annotated[str | None, typer.Option(help="Whom it speaks to.")] = None,
    offer: Annotated[str | None, typer.Option(help="What it offers them.")] = None,
    code: Annotated[list[str] | None, typer.Option(help="A code on its cards or links; may be repeated.")] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Register a campaign. It needs no entry in the company's file; the same again changes nothing."""
    from shared.contracts import calls

    fields = {
        "name": name, "medium": medium, "starts_on": _day(starts_on), "ends_on": _day(ends_on), "currency": currency,
        "expected_responses": expect_responses, "expected_leads": expect_leads, "audience": audience, "offer": offer,
    }  # fmt: skip
    said = {name: value for name, value in fields.items() if value is not None}
    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.REGISTER_CAMPAIGN, campaign_id=campaign_id, fields=said, codes=code or [], by=me())
    _tell(found, json)


@campaigns.command()
def cost(
    campaign_id: CampaignId,
    amount: Annotated[str, typer.Argument(help="Such as 1250.00; put -- before one below 0, which corrects another.")],
    kind: Annotated[str, typer.Option(help="media, print, postage, agency, staff, …: any word.")] = "other",
    on: Day = None,
    currency: Annotated[str | None, typer.Option(help="The campaign's own when left out.")] = None,
    management: Annotated[bool, typer.Option("--management", help="To manage leads, not to get responses.")] = False,
    note: Annotated[str | None, typer.Option()] = None,
    key: Annotated[str | None, typer.Option(help="Number of the invoice: the same key is recorded once.")] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Record a cost, as of today unless a day is given."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        found = ask(
            rooms,
            calls.RECORD_COST,
            campaign_id=campaign_id,
            amount=amount,
            currency=currency,
            spent_on=(on or datetime.now().astimezone()).date(),
            kind=kind,
            purpose="management" if management else "generation",
            note=note,
            key=key,
            by=me(),
        )
    _tell(found, json)


@campaigns.command()
def code(
    campaign_id: CampaignId,
    codes: Annotated[list[str], typer.Argument(help="As they are printed.")],
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Register codes. Earlier inquiries that came with one of them are credited to the campaign."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.ADD_CODES, campaign_id=campaign_id, codes=codes, by=me())
    _tell(found, json)


@campaigns.command()
def unknown(json: AsJson = False, instance: InstanceName = "local") -> None:
    """List codes on inquiries that lead to no campaign, the most frequent first."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.UNKNOWN_CODES, limit=200)
    if json:
        print_json(schema.dump(found))
        return
    table = Table("code", "inquiries", "last seen", "sources", box=None, pad_edge=False)
    for one in found.codes:
        cells = (one.code, str(one.inquiries), f"{one.last_seen_at:%Y-%m-%d}", ", ".join(one.sources))
        table.add_row(*map(Text, cells))
    console.print(table if found.codes else "Every code that came leads to a campaign.")


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _cells(one: "CampaignEntry") -> tuple[str, ...]:
    return (
        one.campaign_id,
        one.medium_label or "",
        str(one.starts_on or ""),
        str(one.ends_on or ""),
        f"{one.responses}/{one.expected_responses}" if one.expected_responses else str(one.responses),
        f"{one.leads}/{one.expected_leads}" if one.expected_leads else str(one.leads),
        ", ".join(f"{total.total:,.2f} {total.currency}" for total in one.costs),
        ", ".join(one.codes),
    )


def _tell(found: Any, json: bool) -> None:
    from shared.contracts import schema

    if json:
        print_json(schema.dump(found))
        return
    one = found.campaign
    costs = ", ".join(f"{total.total:,.2f} {total.currency}" for total in one.costs) or "no costs"
    codes = ", ".join(one.codes) or "no codes"
    console.print(
        f"{one.campaign_id}: {one.name}, revision {one.revision}; {costs}; {codes}", markup=False, highlight=False
    )
