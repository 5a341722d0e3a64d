"""Lead vendors in the manner of LeadConduit and Lead Prosper: a form or JSON, with certificates of consent."""

from services.capture.domain.cleaning import folded
from services.capture.domain.mapping import submission
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission
from services.capture.sources import posted
from shared.contracts.intake import Intake

_NAMES = {
    folded(name): target
    for name, target in {
        "phone_1": "person.phone",
        "phone_2": "extra",
        "address_1": "person.street",
        "address_2": "person.street2",
        "landing_page_url": "attribution.landing_page",
        "lead_id": "key",
        "reference": "key",
        "vendor_lead_id": "key",
        "external_id": "key",
        "tcpa_consent": "consent.phone",
        "tcpa_opt_in": "consent.phone",
        "tcpa": "consent.phone",
        "lp_campaign_id": "attribution.lp_campaign_id",
        "lp_supplier_id": "attribution.lp_supplier_id",
        "lp_subid1": "attribution.lp_subid1",
        "lp_subid2": "attribution.lp_subid2",
        # A secret of theirs with us, not a fact about anybody.
        "lp_key": "ignore",
        "api_key": "ignore",
        "password": "ignore",
        "lp_action": "ignore",
    }.items()
}

#: Where such vendors say that a post is a test, and the words for it.
_TEST_FIELDS = {"lpaction", "test", "testmode", "istest", "mode"}
_TEST_WORDS = {"test", "true", "1", "yes"}


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The one inquiry of a post. Raises Unreadable."""
    fields = posted.fields(body, intake)
    told = [("test", "yes") if _is_test(name, value) else (name, value) for name, value in fields]
    return [submission(told, source, beside=intake.query, own={**_NAMES, "test": "test"})]


def _is_test(name: str, value: str) -> bool:
    return folded(name) in _TEST_FIELDS and value.strip().lower() in _TEST_WORDS
