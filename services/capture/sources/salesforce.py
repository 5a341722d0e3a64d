"""Salesforce Web-to-Lead: the form that webto.salesforce.com takes, with the same names of fields.

Custom fields are called `00N…`; what they mean says the source's mapping. `oid` and `retURL` are for the gateway.
"""

from services.capture.domain.cleaning import folded
from services.capture.domain.mapping import submission
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission
from services.capture.sources import form, posted
from shared.contracts.intake import Intake

_NAMES = {
    folded(name): target
    for name, target in {
        "url": "person.website",
        "lead_source": "attribution.lead_source",
        "member_status": "attribution.member_status",
        "Campaign_ID": "campaign",
        "emailOptOut": "opt_out.email",
        "faxOptOut": "ignore",
        "doNotCall": "opt_out.phone",
        "oid": "ignore",
        "orgid": "ignore",
        "retURL": "ignore",
        "encoding": "ignore",
        "debug": "ignore",
        "debugEmail": "ignore",
        "captcha_settings": "ignore",
        "external": "ignore",
    }.items()
}


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The one inquiry of a Web-to-Lead post. Raises Unreadable."""
    said = submission(posted.fields(body, intake), source, beside=intake.query, own=_NAMES)
    return [form.with_browser(said, intake)]
