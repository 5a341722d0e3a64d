"""What the generated API description does not know by itself: the bodies that are kept raw."""

from typing import Any

TAGS = (
    ("Inquiries", "Send an inquiry. The answer is a receipt; the inquiry is safe once it is given."),
    ("Forms", "Web forms and hosted landing pages."),
    ("Footsteps", "What visitors do before and after they inquire."),
    ("Leads and figures", "What became of inquiries and leads."),
    ("Operation", "Health and metrics."),
)
LEAD_EXAMPLE = {
    "email": "lena.hofer@example.com",
    "name": "Lena Hofer",
    "company": "Hofer Grain",
    "phone": "+1 515 555 0134",
    "message": "Please send the dryer brochure.",
    "products": ["grain-dryer"],
    "answers": {"timing": "3m", "budget": "60000"},
}
GOOGLE_EXAMPLE = {
    "lead_id": "TeSter-123",
    "user_column_data": [{"column_id": "EMAIL", "string_value": "lena.hofer@example.com"}],
    "google_key": "the agreed key",
    "is_test": True,
}
_TEXT = {"schema": {"type": "string"}}
_FORM = {"schema": {"type": "object", "additionalProperties": {"type": "string"}}}
_FILE = {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}}
_SALESFORCE = {
    "schema": {
        "type": "object",
        "required": ["oid", "last_name"],
        "properties": {name: {"type": "string"} for name in ("oid", "retURL", "debug", "last_name", "company")},
        "additionalProperties": {"type": "string"},
    }
}
_HUBSPOT_FIELD = {
    "type": "object",
    "required": ["name"],
    "properties": {"objectTypeId": {"type": "string"}, "name": {"type": "string"}, "value": {}},
}
_HUBSPOT = {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["fields"],
            "properties": {
                "fields": {"type": "array", "maxItems": 1000, "items": _HUBSPOT_FIELD},
                "context": {"type": "object"},
                "legalConsentOptions": {"type": "object"},
            },
        }
    }
}
_VENDOR = {"application/json": {"schema": {"type": "object"}}, "application/x-www-form-urlencoded": _FORM}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/leads": {"application/json": {"schema": {"type": "object"}, "example": LEAD_EXAMPLE}},
    "/v1/adf": {"application/x-adf+xml": _TEXT, "text/xml": _TEXT},
    "/v1/lists/{source}": {"text/csv": _TEXT, "multipart/form-data": _FILE},
    "/hooks/google-ads/{source}": {"application/json": {"schema": {"type": "object"}, "example": GOOGLE_EXAMPLE}},
    "/forms/{name}": {"application/x-www-form-urlencoded": _FORM, "multipart/form-data": _FORM},
    "/servlet/servlet.WebToLead": {"application/x-www-form-urlencoded": _SALESFORCE},
    "/submissions/v3/integration/submit/{portal}/{form}": _HUBSPOT,
    "/submissions/v3/integration/secure/submit/{portal}/{form}": _HUBSPOT,
    "/uploads/form/v2/{portal}/{form}": {"application/x-www-form-urlencoded": _FORM, "multipart/form-data": _FORM},
    "/wp-json/contact-form-7/v1/contact-forms/{number}/feedback": {"multipart/form-data": _FORM},
    "/hooks/{name}": {"application/json": {"schema": {"type": "object"}}},
    "/v1/vendor/{source}": _VENDOR,
    "/v1/vendor/{source}/ping": _VENDOR,
    "/v1/keyed/{source}": {"application/json": {"schema": {"type": "object"}, "example": LEAD_EXAMPLE}},
}
_BY = {"type": "string", "description": "Who asks; kept with what is done."}
_CHOICE = {name: {"type": "string"} for name in ("reason", "source")} | {"day": {"type": "string", "format": "date"}}
#: Bodies of repairs: all of it may be left out.
REPAIRS: dict[str, dict[str, Any]] = {
    "/v1/quarantine/{inquiry_id}/release": {
        "corrections": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "example": {"person.email": "ann@lee.example"},
        },
        "trusted": {"type": "boolean"},
        "by": _BY,
    },
    "/v1/quarantine/{inquiry_id}/junk": {"junk": {"type": "boolean"}, "by": _BY},
    "/v1/quarantine/release": {
        "preview": {"type": "boolean"},
        "trusted": {"type": "boolean"},
        "by": _BY,
        **_CHOICE,
    },
}
#: Where forms post, our own and those that were made for another product.
_FORM_PATHS = ("/forms/", "/servlet/", "/submissions/", "/uploads/", "/wp-json/")
_SOURCE = {
    "name": "source",
    "in": "query",
    "schema": {"type": "string"},
    "description": "The source, when the key may send for several.",
}
_REPEAT = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 255},
    "description": "The same key gives the same receipt.",
}


_FOOTSTEPS = ("/d/", "/v1/activities", "/v1/people/{person_id}/footsteps")


def complete(spec: Any) -> Any:
    """The description with its request bodies and the parameters that views read themselves."""
    for path, content in BODIES.items():
        operation = spec["paths"][path]["post"]
        operation["requestBody"] = {"required": True, "content": content}
        if path.startswith("/v1/") and not path.endswith("/ping"):
            operation["parameters"] = [*operation.get("parameters", []), _REPEAT]
        if path in ("/v1/leads", "/v1/adf"):
            operation["parameters"].append(_SOURCE)
    for path, properties in REPAIRS.items():
        asked = {"schema": {"type": "object", "properties": properties}}
        spec["paths"][path]["post"]["requestBody"] = {"content": {"application/json": asked}}
    for path, operations in spec["paths"].items():
        for operation in operations.values():
            operation["tags"] = [_tag_of(path)]
    return spec


def _tag_of(path: str) -> str:
    if path in ("/t", "/t.js", "/t.gif") or path.startswith(_FOOTSTEPS):
        return "Footsteps"
    if path in BODIES:
        return "Forms" if path.startswith(_FORM_PATHS) else "Inquiries"
    return "Leads and figures" if path.startswith("/v1/") else "Operation"
