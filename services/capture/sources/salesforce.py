"""Salesforce Web-to-Lead: the form that webto.salesforce.com takes, with the same names of fields.

Custom fields are called `00N…`; what they mean says the source's mapping. `oid` and `retURL` are for the gateway.
"""

import re
from dataclasses import replace

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


#: The encoding of the page, in the form's address or in a hidden field of it.
_ENCODING = re.compile(rb"(?:^|&)encoding=([A-Za-z0-9._-]{1,40})(?:&|$)")


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The one inquiry of a Web-to-Lead post. Raises Unreadable."""
    intake = _as_encoded(body, intake)
    said = submission(posted.fields(body, intake), source, beside=intake.query, own=_NAMES)
    return [form.with_browser(said, intake)]


def _as_encoded(body: bytes, intake: Intake) -> Intake:
    """The intake with the encoding that Salesforce's forms name, where no charset is declared."""
    found = _ENCODING.search(body)
    named = intake.query.get("encoding") or (found[1].decode("ascii") if found else "")
    if not named or "charset" in intake.content_type.lower() or ";" in named:
        return intake
    return replace(intake, content_type=f"{intake.content_type}; charset={named}")
