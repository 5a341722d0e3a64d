"""One inquiry in our shape, as its sender said it: every reader in `sources/` returns these."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class Unreadable(Exception):
    """A body cannot be read as the inquiry it claims to be. `reason` is a stable slug, `detail` is for people."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Submission:
    """What one sender said once: text only, clean enough to store, not yet judged or normalised."""

    #: Place within the intake: 0 for a single inquiry, from 1 for the rows of a list.
    row: int = 0
    #: By our names: email, phone, full_name, given_name, family_name, street, postcode, …
    person: Mapping[str, str] = field(default_factory=dict)
    message: str | None = None
    products: tuple[str, ...] = ()
    campaign: str | None = None
    #: By the company's own names of questions.
    answers: Mapping[str, str] = field(default_factory=dict)
    #: Under the sender's names: what no mapping knows.
    extra: Mapping[str, str] = field(default_factory=dict)
    attribution: Mapping[str, str] = field(default_factory=dict)
    #: By channel (email, phone, post), in the sender's word for yes or no.
    consent: Mapping[str, str] = field(default_factory=dict)
    consent_text: str | None = None
    #: Certificates of consent, by who issued them: "trustedform" to its address, "jornaya" to its lead id.
    proofs: Mapping[str, str] = field(default_factory=dict)
    #: The footsteps' id of this visitor: what our script or the sender's own put into the form.
    visitor: str | None = None
    #: The signed word of a reply form's link on whose answers these are.
    reply: str | None = None
    #: Who of our own people forwards it: a personal link's token or a number (see domain/referrals.py).
    referrer: str | None = None
    #: What is to be fetched from the platform before this is an inquiry: a notice that names a lead and says no more.
    fetch: str | None = None
    #: The platform takes back the submission of this `provider_key`: its lead was deleted there.
    withdrawn: bool = False
    #: The sender's own identifier of this submission.
    provider_key: str | None = None
    test: bool = False
    #: What stood in the field that no person sees.
    trap: str | None = None
    #: Why a person is to see it first, as a slug and a sentence: it was read, and it is probably no inquiry.
    doubt: tuple[str, str] | None = None
    #: The sender's names of fields that were too long and are kept in part.
    shortened: tuple[str, ...] = ()
