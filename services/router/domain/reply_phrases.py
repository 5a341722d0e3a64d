"""The phrases by which owners say how a lead stands, each held against a whole line, and what it means."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from services.router.domain.answer import Terms
from services.router.domain.reply_amounts import AMOUNT, amount_in
from services.router.domain.reply_dates import day_of, moment
from services.router.domain.status import Action

#: A day that is nearer than this is when the owner calls, not when marketing should have the lead back.
SOONEST_RETURN_DAYS = 21


@dataclass(frozen=True)
class Meant:
    """One thing that was said."""

    action: Action
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unread:
    """Why it is not certain what was meant, as a sentence for the owner; and which line it is about."""

    because: str
    line: str | None = None


#: What makes it uncertain that something happened.
DOUBT = re.compile(
    r"\b(?:not|never|no|nothing|if|unless|but|maybe|perhaps|probably|might|may|should|would|could|hope|hopefully|almost"
    r"|nearly|soon|will|shall|going to|gonna|cancel\w*|except|until|fell through|nicht|nie|kein\w*|wenn|falls|aber|fast"
    r"|bald|vielleicht|wahrscheinlich|hoffentlich|wird|noch)\b|\w+n['’]t\b|\w+['’]ll\b|\?",
    re.IGNORECASE,
)
#: Words that tell of a lead's fate, wherever they stand.
TELLING = re.compile(
    r"\b(?:sold|won|lost|bought|quoted?|offer\w*|appointment|declin\w*|cancel\w*|refund\w*|verkauft|verloren|gewonnen"
    r"|angebot|termin|storniert)\b",
    re.IGNORECASE,
)
#: Words that change nothing about a sale or an offer.
_MAY_STAND_BY = {
    "for", "at", "to", "them", "him", "her", "it", "the", "a", "an", "of", "on", "in", "this", "one", "deal",
    "today", "yesterday", "net", "plus", "tax", "incl", "including", "vat", "total", "us", "our", "and",
    "thanks", "signed", "contract", "price", "für", "das", "heute", "gestern", "netto", "brutto",
    "mwst", "und", "danke", "yay", "customer", "prospect", "offer", "quote", "proposal", "über",
}  # fmt: skip


# --- meanings --------------------------------------------------------------------------------------------------------


def _accept(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    return Meant("accept")


def _decline(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    reason = (found["reason"] or "").strip()
    return Meant("decline", {"reason": reason}) if reason else Unread("Why do you decline it?", line)


def _contacted(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    if TELLING.search(line):
        return Unread("It says more than that you reached them.", line)
    return Meant("contacted", {"note": line})


def _appointment(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    when = (found["when"] or "").strip(" .,:")
    if not when:
        return Meant("appointment") if not DOUBT.search(line) else Unread("Is there an appointment?", line)
    at = moment(when, terms.now, terms.zone)
    if at is None or at < terms.now:
        return Unread("When is it? Write day and time like 2027-03-02 15:00.", line)
    return Meant("appointment", {"at": at.isoformat()})


def _of_amount(action: Action) -> Callable[[re.Match[str], str, Terms], Meant | Unread]:
    def meaning(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
        if DOUBT.search(line):
            return Unread("Has it happened?", line)
        numbers = list(AMOUNT.finditer(found["rest"]))
        words = re.findall(r"[^\W\d_]+", AMOUNT.sub(" ", found["rest"]).casefold())
        if unknown := [word for word in words if word not in _MAY_STAND_BY]:
            return Unread(f"What does {unknown[0]!r} say of it?", line)
        if len(numbers) > 1:
            return Unread("Which of the numbers is the amount?", line)
        if not numbers:
            return Meant(action) if action == "won" else Unread("How much did you quote?", line)
        german = bool(re.search(r"\b(?:verkauft|gewonnen|angebot|auftrag)", line, re.IGNORECASE))
        amount = amount_in(numbers[0], terms.currency, commas_are_decimal=german)
        return Meant(action, {"amount": amount.amount} | ({"currency": amount.currency} if amount.currency else {}))

    return meaning


def _lost(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    groups = found.groupdict()
    to, reason = (groups.get("to") or "").strip(" .,"), (groups.get("reason") or "").strip(" .,)")
    if not reason:
        listed = ", ".join(terms.feedback.lost)
        return Unread(f"Why was it lost? {f'One of: {listed}.' if listed else ''}".strip(), line)
    return Meant("lost", {"reason": reason} | ({"lost_to": to} if to else {}))


def _bought_elsewhere(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    to = (found["to"] or "").strip(" .,")
    elsewhere = to.casefold() in ("", "elsewhere", "somewhere else", "somebody else", "someone else", "a competitor")
    return Meant("lost", {"reason": "bought from a competitor"} | ({} if elsewhere else {"lost_to": to}))


def _no_interest(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    return Meant("lost", {"reason": "no interest"})


def _not_ready(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    when = (found["when"] or "").strip(" .,")
    if not when:
        return Meant("not_ready")
    day = day_of(when, terms.today)
    if day is None or day <= terms.today:
        return Unread("Until when? Write the day like 2027-03-01.", line)
    return Meant("not_ready", {"until": day.isoformat()})


def _call_back(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    meant = _not_ready(found, line, terms)
    if isinstance(meant, Meant) and "until" in meant.fields:
        day = day_of(found["when"], terms.today)
        if day is not None and (day - terms.today).days < SOONEST_RETURN_DAYS:
            return Unread("Will you call them yourself, or shall we have the lead back until then?", line)
        return Meant("not_ready", {**meant.fields, "reason": line})
    return Unread("When? Write the day like 2027-03-01.", line)


def _wrong_territory(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    note = (found["note"] or "").strip(" .,:;-")
    return Meant("wrong_territory", {"note": note} if note else {})


def _return(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    if not found["evidence"]:
        listed = ", ".join(one.reason for one in terms.feedback.returns)
        return Unread(f'Write "return: reason, and what shows it". Reasons: {listed}.', line)
    return Meant("return", {"reason": found["reason"].strip(), "evidence": found["evidence"].strip()})


def _blocked(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    return Meant("blocked", {"reason": (found["reason"] or line).strip(" .,:;-")})


def _pause(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    if not found["when"]:
        return Meant("pause_me")
    day = day_of(found["when"], terms.today)
    if day is None or day <= terms.today:
        return Unread("Until when? Write the day like 2027-03-01.", line)
    return Meant("pause_me", {"until": day.isoformat()})


def _take_back(found: re.Match[str], line: str, terms: Terms) -> Meant | Unread:
    return Meant("correct")


_WHEN = r"(?:until|till|before|by|in|on|after|from|for|around|bis|im|am|ab|next|again)"


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


PHRASES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str, Terms], Meant | Unread]], ...] = (
    (_phrase(r"(?:not (?:sold|won|lost)(?: after all)?|undo(?: that)?|take (?:it|that) back"
             r"|doch nicht (?:verkauft|verloren))"),
     _take_back),
    (_phrase(r"(?:accept(?:ed|ing)?|(?:we['’]?ll|i['’]?ll|we|i) take it|take it|taking it|mine|angenommen|nehmen wir)"
             r"(?:\s+(?:it|this(?: lead| one)?|the lead))?(?:[,;.! ]+(?:thanks|thank you|danke).*)?"), _accept),
    (_phrase(r"(?:declin(?:e|ed|ing)|reject(?:ed)?|pass(?:ing)?|abgelehnt|lehnen ab)"
             r"(?: (?:it|this(?: lead| one)?|on this))?"
             r"(?:\s*[:;,–-]\s*|\s+(?:because(?: of)?|since|as|weil|wegen)\s+|$)(?P<reason>.*)"), _decline),
    (_phrase(r"(?:wrong (?:territory|area|region)|(?:is )?not (?:in )?(?:my|our) (?:territory|area|region)"
             r"|(?:is )?out(?:side)? (?:of )?(?:my|our) (?:territory|area|region)|falsches gebiet"
             r"|nicht (?:mein|unser) gebiet)(?P<note>(?:\W.*)?)"), _wrong_territory),
    (_phrase(r"(?:is )?(?:not (?:yet )?ready(?: yet)?|not yet|too early|noch nicht(?: so weit| bereit)?|zu früh)"
             rf"(?:\s*[,;:–-]?\s*{_WHEN}?\s*(?P<when>\S.*)?)?"), _not_ready),
    (_phrase(rf"(?:please )?(?:call|contact|follow up|try|ring|phone|wieder anrufen|zurückrufen|melden)(?: with)?"
             rf"(?: (?:them|him|her|us|me|back|again|later))*(?: {_WHEN})* (?P<when>\S.*)"), _call_back),
    (_phrase(r"(?:no|not|kein|lost)[: ]+(?:longer )?(?:interest(?:ed)?(?: any ?more)?|interesse)"), _no_interest),
    (_phrase(r"(?:bought|purchased)(?: it| one)? (?P<to>elsewhere|somewhere else)"), _bought_elsewhere),
    (_phrase(r"(?:bought|purchased)(?: it| one)? (?:from|at) (?!us\b)(?P<to>.+)"), _bought_elsewhere),
    (_phrase(r"(?:went|gone) (?:with|to) (?!us\b)(?P<to>.+)"), _bought_elsewhere),
    (_phrase(r"(?:lost|verloren)(?: (?:it|them|this one|the deal))?(?: (?:to|an) (?P<to>[^:;,()–]+?))?"
             r"(?:\s*[:;,(–]+\s*|\s+-\s+|\s+(?:because(?: of)?|due to|over|on|wegen)\s+|$)(?P<reason>.*)"), _lost),
    (_phrase(r"(?:sold|won|closed(?: and)? won|deal (?:done|closed)|sale|they bought(?: it| one)?(?: from us)?"
             r"(?! (?:from|at|else|some))|verkauft|gewonnen"
             r"|auftrag(?: erhalten)?)(?P<rest>(?:[\s:,;=–-].*)?)"), _of_amount("won")),
    (_phrase(r"(?:quoted?|quote sent|sent (?:a |the |our |them a )?(?:quote|offer|proposal)|offered|offer(?: sent)?"
             r"|proposal(?: sent)?|angebot(?: geschickt| abgegeben| gemacht)?|angeboten)(?P<rest>(?:[\s:,;=–-].*)?)"),
     _of_amount("quoted")),
    (_phrase(r"(?:an )?(?:appointment|appt|meeting|demo|site visit|visit|termin)(?: is)?"
             r"(?: (?:set|made|booked|scheduled|arranged|agreed|vereinbart))?"
             r"(?:\s*[:,–-]\s*|\s+(?:for|on|at|am|um)\s+|\s+|$)(?P<when>.*)"), _appointment),
    (_phrase(r"(?:contacted|called|rang|phoned|emailed|reached|spoke(?:n)? (?:to|with)|talked (?:to|with)|met(?: with)?"
             r"|left (?:a |him a |her a |them a )?(?:voice ?mail|message|vm)|in contact|kontaktiert|angerufen"
             r"|gesprochen|nachricht hinterlassen)(?:\W.*)?"), _contacted),
    (_phrase(r"return(?:ed|ing)?(?: (?:it|this(?: lead)?))?(?:\s*[:;,–-]\s*(?P<reason>[^:;,–]+?)"
             r"\s*[:;,–]\s*(?P<evidence>.+)|.*)"), _return),
    (_phrase(r"(?:blocked|stuck)(?:\s*[:;,–-]\s*|\s+(?:by|on|because(?: of)?)\s+|$)(?P<reason>.*)"), _blocked),
    (_phrase(r"(?P<reason>waiting (?:for|on) .+)"), _blocked),
    (_phrase(r"(?:please )?(?:pause(?: me| us| leads)?|on (?:holiday|vacation|leave)|im urlaub)"
             r"(?:\s*(?:until|till|bis(?: zum)?)\s+(?P<when>.+))?"), _pause),
)  # fmt: skip
