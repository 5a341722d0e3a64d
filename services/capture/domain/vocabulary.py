"""What senders call their fields. A source's own mapping goes first; this is for all that it does not name."""

from collections.abc import Mapping

from services.capture.domain.cleaning import folded

#: Our target to the names that senders use for it, as they come; they are compared folded.
_NAMES: dict[str, tuple[str, ...]] = {
    "person.email": (
        "email", "e-mail", "mail", "email address", "your email", "work email", "business email", "contact email",
        "emailaddress1", "e-mail-adresse", "correo", "email 1", "personal email", "e mail address", "email id",
    ),
    "person.phone": (
        "phone", "phone number", "telephone", "tel", "mobile", "mobile phone", "cell", "cell phone", "work phone",
        "business phone", "phone 1", "phone1", "primary phone", "your phone", "your tel", "telefon", "daytime phone",
        "contact phone", "work phone number", "phone home", "phone cell", "home phone", "cell number", "mobile number",
        "telephone number", "tel no", "your telephone", "whatsapp number",
    ),
    "person.full_name": (
        "name", "full name", "your name", "contact name", "contact", "attendee", "attendee name", "badge name",
        "customer name", "fullname", "contact person", "name full",
    ),
    "person.given_name": (
        "first name", "fname", "your first name", "first", "given name", "forename", "name first", "vorname",
    ),
    "person.family_name": (
        "last name", "lname", "your last name", "last", "surname", "family name", "name last", "nachname",
    ),
    "person.salutation": ("salutation", "prefix", "anrede", "name prefix", "mr/ms"),
    "person.company": (
        "company", "company name", "organization", "organisation", "business", "business name", "farm", "farm name",
        "employer", "account name", "firma", "org", "your company", "company / farm", "affiliation",
    ),
    "person.job_title": ("job title", "title", "position", "jobtitle", "function"),
    "person.website": ("website", "web site", "company website", "homepage", "www"),
    "person.street": (
        "street", "address", "address 1", "address line 1", "street address", "addr1", "mailing address", "address_1",
        "strasse",
    ),
    "person.street2": ("address 2", "address line 2", "street 2", "addr2", "suite", "apartment", "apt"),
    "person.city": ("city", "town", "ort", "locality"),
    "person.state": ("state", "province", "state/province", "region", "st", "prov", "state code", "county"),
    "person.postcode": (
        "zip", "zip code", "zipcode", "postal code", "postcode", "post code", "zip/postal code", "plz", "postalcode",
    ),
    "person.country": ("country", "country code", "country/region", "nation", "land"),
    "person.language": ("language", "lang", "locale"),
    "message": (
        "message", "comments", "comment", "notes", "note", "your message",
        "questions or comments", "description", "subject", "your subject",
        "inquiry", "enquiry", "remarks", "nachricht", "details",
    ),
    "product": ("product", "products", "product interest", "products of interest", "interested in", "model"),
    "opt_out.email": ("email opt out", "hasoptedoutofemail", "unsubscribe", "unsubscribed", "do not email", "no email"),
    "opt_out.phone": ("do not call", "no calls", "dnc"),
    "opt_out.post": ("do not mail", "no mail", "do not post"),
    "consent_text": ("consent text", "consent language", "tcpa text", "tcpa consent text", "tcpa language"),
    "campaign": ("campaign", "campaign id", "campaign code", "source code", "response code", "keycode"),
    "key": ("submission id", "idempotency key"),
    "visitor": ("lb_visitor", "hutk"),
    "reply": ("lb_reply",),
    "proof.trustedform": ("trustedform_cert_url", "xxTrustedFormCertUrl", "trusted form cert url", "trustedform"),
    "proof.jornaya": ("jornaya_leadid", "universal_leadid", "leadid_token", "jornaya"),
    "test": ("is test", "test lead", "testlead"),
    "ignore": (
        "g-recaptcha-response", "h-captcha-response", "csrf", "csrf token", "csrfmiddlewaretoken", "_token",
        "authenticity token", "submit", "_wpcf7", "_wpcf7_unit_tag", "_wpcf7_version", "_wpcf7_locale", "_charset_",
        "utf8", "_wpcf7_container_post", "_wpcf7_posted_data_hash", "_wpcf7_recaptcha_response", "_wpnonce",
        "_wp_http_referer", "cf-turnstile-response", "lb_rendered",
    ),
    "attribution.referrer": ("referrer", "referer", "referring url"),
    "attribution.landing_page": ("landing page", "landing page url", "page url", "page uri", "source url", "pageuri"),
    "attribution.submitted_at": (
        "submitted at", "scan date", "scan date/time", "date created", "timestamp", "request date", "date submitted",
        "submission date", "created time", "scanned at", "scan date time",
    ),
    "attribution.submitted_time": ("scan time",),
    "attribution.scanned_by": ("scanned by",),
    "attribution.badge_id": ("badge id", "badge", "badge number", "badge no"),
    "attribution.form_name": ("form name", "form title"),
    "attribution.form_id": ("form id",),
    "attribution.ip_address": ("ip address", "ip", "remote ip", "ipaddress", "client ip"),
    "attribution.user_agent": ("user agent",),
    "attribution.keyed_by": ("keyed by", "entered by"),
}  # fmt: skip

#: Parameters of links that say which advertisement brought the visit; kept under their own names.
_MARKERS = (
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "gclid", "gbraid", "wbraid",
    "fbclid", "msclkid", "li_fat_id", "ttclid",
)  # fmt: skip

_TARGETS = {folded(name): target for target, names in _NAMES.items() for name in names}
_TARGETS |= {folded(marker): f"attribution.{marker}" for marker in _MARKERS}

#: Objects that only group fields: `contact.email` is an email. Under any other parent a leaf keeps its full name.
CONTAINERS = frozenset(
    {
        "contact", "person", "lead", "customer", "data", "fields", "form", "answers", "attributes", "properties",
        "payload", "address", "user", "prospect", "respondent", "attribution", "utm", "tracking", "meta", "context",
        "inquiry", "name", "posteddata", "formdata", "formfields", "entry", "values", "submission", "body", "event",
        "record", "location",
    }
)  # fmt: skip

#: Those among them that have a name and a title of their own.
THINGS = frozenset(
    {"form", "meta", "context", "event", "tracking", "utm", "submission", "entry", "record", "attribution"}
)

#: Kinds of target, and for some of them the names that may follow the dot (None: any name).
PERSON_FIELDS = frozenset(target.removeprefix("person.") for target in _NAMES if target.startswith("person."))
CHANNELS = frozenset({"email", "phone", "post"})
PLAIN_TARGETS = frozenset(
    {"message", "product", "campaign", "key", "test", "trap", "ignore", "consent_text", "visitor", "reply", "referrer"}
)


def usual_names() -> Mapping[str, tuple[str, ...]]:
    """Our target to the names that senders usually have for it."""
    return _NAMES


def usual_target(name: str) -> str | None:
    """Our target for a sender's (folded) field name, where everybody means the same by it."""
    return _TARGETS.get(name)
