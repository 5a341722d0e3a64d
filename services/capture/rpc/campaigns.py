"""Answers about campaigns."""

from services.capture.usecases import campaign_views, campaigns
from shared.contracts import calls
from shared.contracts.calls import (
    AddCodesRequest,
    CampaignReply,
    CampaignRequest,
    CampaignsReply,
    CampaignsRequest,
    ChangeCampaignRequest,
    RecordCostRequest,
    RegisterCampaignRequest,
    UnknownCodesReply,
    UnknownCodesRequest,
)
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class CampaignCalls:
    """Campaigns, costs, codes."""

    runtime: Runtime

    @answers(calls.CAMPAIGNS)
    def campaigns(self, request: CampaignsRequest) -> CampaignsReply:
        """All campaigns, with what came of them."""
        with self.runtime.begin() as tx:
            return campaign_views.listed(tx, request)

    @answers(calls.CAMPAIGN)
    def campaign(self, request: CampaignRequest) -> CampaignReply:
        """One campaign, its costs and versions."""
        with self.runtime.begin() as tx:
            return campaign_views.one(tx, request.campaign_id)

    @answers(calls.REGISTER_CAMPAIGN)
    def register_campaign(self, request: RegisterCampaignRequest) -> CampaignReply:
        """A new campaign."""
        with self.runtime.begin() as tx:
            campaigns.add(tx, request)
            return campaign_views.one(tx, request.campaign_id)

    @answers(calls.CHANGE_CAMPAIGN)
    def change_campaign(self, request: ChangeCampaignRequest) -> CampaignReply:
        """Other values for some fields."""
        with self.runtime.begin() as tx:
            campaigns.change(tx, request)
            return campaign_views.one(tx, request.campaign_id)

    @answers(calls.RECORD_COST)
    def record_cost(self, request: RecordCostRequest) -> CampaignReply:
        """One more cost."""
        with self.runtime.begin() as tx:
            campaigns.record_cost(tx, request)
            return campaign_views.one(tx, request.campaign_id)

    @answers(calls.ADD_CODES)
    def add_codes(self, request: AddCodesRequest) -> CampaignReply:
        """More codes of a campaign."""
        with self.runtime.begin() as tx:
            campaigns.add_codes(tx, request)
            return campaign_views.one(tx, request.campaign_id)

    @answers(calls.UNKNOWN_CODES)
    def unknown_codes(self, request: UnknownCodesRequest) -> UnknownCodesReply:
        """Codes that lead to no campaign."""
        with self.runtime.begin() as tx:
            return campaign_views.unknown(tx, request.limit)
