"""Contact Form 7 of WordPress: `your-name`, `your-email`, … as plug-ins or the browser send them, flat or nested."""

from services.capture.domain.cleaning import folded
from services.capture.domain.mapping import submission
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission
from services.capture.sources import form, posted
from shared.contracts.intake import Intake

_NAMES = {
    folded(name): target
    for name, target in {
        # Special tags that a plug-in fills in.
        "_url": "attribution.landing_page",
        "_remote_ip": "attribution.ip_address",
        "_user_agent": "attribution.user_agent",
        "_post_title": "attribution.page_name",
        "_date": "attribution.submitted_at",
        "_serial_number": "key",
        "contact_form_id": "attribution.form_id",
        "form_title": "attribution.form_title",
        "posted_data_hash": "ignore",
        "your-mobile": "person.phone",
        "your-city": "person.city",
        "your-zip": "person.postcode",
        "your-address": "person.street",
        "your-country": "person.country",
        "your-state": "person.state",
    }.items()
}


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The one inquiry of a post. Raises Unreadable."""
    fields = [(name, value) for name, value in posted.fields(body, intake) if not name.startswith("_wpcf7")]
    return [form.with_browser(submission(fields, source, beside=intake.query, own=_NAMES), intake)]
