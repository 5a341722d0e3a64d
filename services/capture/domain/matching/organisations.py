"""Names and web domains of organisations: which two are one firm, and which mail domains say nothing of a firm."""

import re
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from services.capture.domain.cleaning import folded
from shared.contracts.people import Address
from shared.ids import derived_id


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Legal forms and words that firms add or leave out as they like, folded.
_LEGAL = _words(
    """
    inc incorporated corp corporation co company llc llp lp ltd limited plc pllc pc pa gmbh mbh ag kg kgaa ohg gbr ug se
    ek ev eg cokg gmbhcokg sa sarl sas sl slu srl spa bv nv ab as asa oy oyj aps kft sro zoo pty pte bvba cv
    the and und et
    """
)
#: Mail providers where anybody has a mailbox.
_PUBLIC = _words(
    """
    gmail.com googlemail.com yahoo.com ymail.com rocketmail.com yahoo.co.uk yahoo.ca yahoo.de yahoo.fr hotmail.com
    hotmail.co.uk hotmail.de hotmail.fr outlook.com outlook.de live.com live.co.uk live.ca msn.com aol.com aim.com
    icloud.com me.com mac.com protonmail.com proton.me pm.me gmx.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de
    freenet.de arcor.de mail.com mail.de email.com zoho.com fastmail.com yandex.com yandex.ru mail.ru inbox.com
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net spectrum.net earthlink.net
    windstream.net centurylink.net centurytel.net frontier.com frontiernet.net mchsi.com mediacombb.net netins.net
    q.com juno.com netzero.net roadrunner.com rr.com optonline.net suddenlink.net embarqmail.com tds.net hughes.net
    btinternet.com virginmedia.com sky.com talktalk.net ntlworld.com blueyonder.co.uk orange.fr wanadoo.fr free.fr
    sfr.fr laposte.net libero.it tiscali.it shaw.ca rogers.com telus.net sympatico.ca bell.net sasktel.net mts.net
    bluewin.ch hispeed.ch aon.at chello.at telenet.be skynet.be ziggo.nl kpnmail.nl planet.nl home.nl hetnet.nl
    bigpond.com optusnet.com.au qq.com 163.com 126.com sina.com naver.com
    """
)
#: Mailboxes of an office, not of a person.
_OFFICE = _words(
    """
    info office sales contact mail admin service support hello team post kontakt buero verwaltung einkauf vertrieb shop
    orders order billing accounts accounting purchasing marketing webmaster postmaster noreply reception farm
    """
)
_TOKENS = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_HOST = re.compile(r"^(?:https?://)?(?:www\.)?([^/:?#\s]+)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def company_core(name: str) -> str:
    """The name of a firm without legal form, articles and punctuation: "The Miller Co., Inc." is "miller"."""
    text = _DOTTED.sub("", name.casefold()).replace("&", " and ").replace("co-op", "coop")
    words = [folded(word) for word in _TOKENS.findall(text)]
    core = [word for word in words if word and word not in _LEGAL]
    return "".join(core or words)


def own_domain(email: str, website: str | None) -> str:
    """The web domain of an organisation; "" where it is that of a public mail provider."""
    domain = email.partition("@")[2]
    if domain in _PUBLIC or not domain:
        host = _HOST.match(website) if website else None
        domain = host.group(1).lower() if host and "." in host.group(1) else ""
    return "" if domain in _PUBLIC else domain


def is_office(mailbox: str) -> bool:
    """Whether a mailbox (the part before the @) is a firm's, not one person's."""
    return mailbox in _OFFICE


def company_id(keys: Sequence[str]) -> UUID | None:
    """The id of the company that is known by these keys and by no others; None without any."""
    return derived_id(_COMPANIES, keys[0]) if keys else None


_COMPANIES = UUID("0b1f6a2e-5a0e-5d43-9d3b-2f1c8f7d3a02")


def company_keys(company: str | None, email: str, website: str | None, address: Address | None) -> list[str]:
    """By what a company is known, surest first: its own domain, its name in a state or, where none is known, a country.

    Without a place a name alone is no key: "Miller Farms" are many.
    """
    domain = own_domain(email, website)
    core = company_core(company) if company else ""
    place = "|".join(filter(None, (address.country, address.state))) if address else ""
    found = [f"domain:{domain}"] if domain else []
    return [*found, f"name:{core}|{place.casefold()}"] if core and place else found
