"""What the front desk answers about campaigns."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract

CostPurpose = Literal["generation", "management"]


@contract
class CampaignsRequest:
    """Campaigns with what came of them; days from `since` on (sixty, when left out) are told one by one."""

    since: date | None = None


@contract
class CostTotal:
    """What was spent in one currency: to get responses, and to answer and follow them."""

    currency: str
    generation: Decimal
    management: Decimal
    total: Decimal


@contract
class CampaignDay:
    """Responses of one day (UTC), and how many of them opened a lead."""

    day: date
    responses: int
    leads: int


@contract
class CampaignEntry:
    """A campaign as it is now, and what came of it."""

    campaign_id: str
    name: str
    medium: str | None = None
    #: The medium as people read it.
    medium_label: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    currency: str | None = None
    expected_responses: int | None = None
    expected_leads: int | None = None
    audience: str | None = None
    offer: str | None = None
    codes: list[str]
    revision: int
    changed_at: datetime
    changed_by: str
    #: Somebody changed it at run time; its file does not win any more.
    edited: bool
    #: By field: what the file says otherwise.
    conflict: dict[str, str]
    costs: list[CostTotal]
    responses: int
    leads: int
    days: list[CampaignDay]


@contract
class CampaignsReply:
    campaigns: list[CampaignEntry]
    #: First and last of the days that are told one by one.
    since: date
    until: date
    #: Labels of the media in use.
    media: dict[str, str]


CAMPAIGNS = declare("capture", "campaigns", CampaignsRequest, CampaignsReply)


@contract
class CampaignRequest:
    campaign_id: str


@contract
class CostEntry:
    cost_id: str
    spent_on: date
    kind: str
    kind_label: str
    purpose: CostPurpose
    amount: Decimal
    currency: str
    note: str | None = None
    recorded_at: datetime
    recorded_by: str


@contract
class CampaignVersionEntry:
    """The campaign after one change: all its fields, and `codes`."""

    revision: int
    changed_at: datetime
    changed_by: str
    fields: dict[str, Any]


@contract
class CampaignReply:
    """A campaign with its costs and versions, newest first."""

    campaign: CampaignEntry
    costs: list[CostEntry]
    versions: list[CampaignVersionEntry]


CAMPAIGN = declare("capture", "campaign", CampaignRequest, CampaignReply)


@contract
class RegisterCampaignRequest:
    """A new campaign. `fields` are those of CampaignEntry from `name` to `offer`. The same again changes nothing."""

    campaign_id: str
    fields: dict[str, Any]
    codes: list[str]
    #: Who says so: the id of an API key, a person.
    by: str


REGISTER_CAMPAIGN = declare("capture", "register_campaign", RegisterCampaignRequest, CampaignReply)


@contract
class ChangeCampaignRequest:
    """Other values for some fields; null empties one."""

    campaign_id: str
    fields: dict[str, Any]
    #: Only if it still is at this revision.
    revision: int | None = None
    #: How a conflict with the file ends: what the file says, or what stands here.
    settle: Literal["file", "here"] | None = None
    by: str


CHANGE_CAMPAIGN = declare("capture", "change_campaign", ChangeCampaignRequest, CampaignReply)


@contract
class RecordCostRequest:
    """One more cost. The same `key` for the same campaign is recorded once."""

    campaign_id: str
    spent_on: date
    amount: str
    currency: str | None = None
    kind: str = "other"
    purpose: CostPurpose = "generation"
    note: str | None = None
    key: str | None = None
    by: str


RECORD_COST = declare("capture", "record_cost", RecordCostRequest, CampaignReply)


@contract
class AddCodesRequest:
    """Codes that lead to the campaign from now on; earlier inquiries that carry one are credited to it."""

    campaign_id: str
    codes: list[str]
    by: str


ADD_CODES = declare("capture", "add_codes", AddCodesRequest, CampaignReply)


@contract
class UnknownCodesRequest:
    limit: int = 200


@contract
class UnknownCode:
    """A code that was seen on inquiries and leads to no campaign."""

    code: str
    inquiries: int
    first_seen_at: datetime
    last_seen_at: datetime
    sources: list[str]


@contract
class UnknownCodesReply:
    codes: list[UnknownCode]


UNKNOWN_CODES = declare("capture", "unknown_codes", UnknownCodesRequest, UnknownCodesReply)
