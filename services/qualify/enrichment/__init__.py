"""Providers of enrichment, one file each.

An instant one is pure: it looks only at what it is given and at lists that are packed with it, in microseconds, and
its findings are part of what is known of a person from the first moment. One that asks over the network (`http.py`)
runs as an effect beside the lead, which never waits for it.

A new provider is a file with a class that has `name` and `look(subject)`, and one line in `INSTANT`.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from services.qualify.domain.enrichment import Found, Subject
from services.qualify.enrichment.mail_domain import MailDomain
from services.qualify.enrichment.telephone import Telephone
from services.qualify.enrichment.us_zip_codes import UsZipCodes


class Provider(Protocol):
    """Finds values without leaving the process."""

    def look(self, subject: Subject) -> list[Found]:
        """What can be told of the subject; nothing where there is nothing to tell."""


#: By the name that enrichment.yml uses (`use:`).
INSTANT: Mapping[str, Callable[[], Provider]] = {
    "mail_domain": MailDomain,
    "telephone": Telephone,
    "us_zip_codes": UsZipCodes,
}
