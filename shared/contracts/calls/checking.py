"""What the front desk says of its sources, and of an inquiry that has not been sent yet."""

from typing import Literal

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract


@contract
class SourcesRequest:
    """Nothing to ask."""


@contract
class SourceEntry:
    id: str
    name: str
    channel: str
    medium: str | None = None
    #: How its bodies are read: json, form, adf, salesforce, …
    dialect: str
    campaign: str | None = None


@contract
class SourcesReply:
    sources: list[SourceEntry]


SOURCES = declare("capture", "sources", SourcesRequest, SourcesReply)


@contract
class SourceSpecRequest:
    source: str


@contract
class SourceField:
    """One field that a sender may send, and what becomes of it."""

    #: The sender's name; case, blanks and punctuation do not matter.
    name: str
    #: Ours: person.email, answer.budget, message, …
    target: str
    #: Other names that mean the same.
    also: list[str]
    #: Words that an answer is recognised by; empty where anything goes.
    choices: list[str]


@contract
class SourceSpecReply:
    """How one source is read."""

    entry: SourceEntry
    fields: list[SourceField]
    #: Whether fields that nothing knows become answers; the raw inquiry has them anyway.
    keeps_unknown: bool
    products: list[str]
    consent_text: str | None = None
    #: Days within which a person's next inquiry belongs to the open lead.
    window_days: float


SOURCE_SPEC = declare("capture", "source_spec", SourceSpecRequest, SourceSpecReply)


@contract
class CheckRequest:
    """An inquiry as it would be sent. Nothing of it is stored."""

    source: str
    dialect: str
    content_type: str
    #: The body, in base64.
    body: str


@contract
class CheckReply:
    """What would become of it."""

    acceptable: bool
    state: Literal["registered", "quarantined", "test", "list"]
    reason: str | None = None
    detail: str | None = None
    #: What the company asks for and this inquiry does not say.
    missing: list[str]


CHECK = declare("capture", "check", CheckRequest, CheckReply)
