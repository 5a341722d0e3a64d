"""What happened with a lead, in words."""

from collections.abc import Mapping

from gateway.portal.actions import LABELS, WORDS

#: Why a lead was given to somebody, by the occasion of the assignment.
_GIVEN = {
    "initial": "Came in; {owner} had it first", "qualified": "Given to {owner}: ready for sales",
    "kept": "Kept by {owner}: not a sales lead", "disqualified": "Taken back by {owner}: not a sales lead",
    "screening": "Given to {owner} for screening", "screened": "Given to {owner} after screening",
    "declined": "Given to {owner}: it was declined", "lapsed": "Given to {owner}: nobody acted in time",
    "recycled": "Given back to {owner}: not ready yet", "manual": "Given to {owner} by a manager",
    "returned": "Given to {owner}: it was returned", "unusable": "Given back to {owner}: it was returned",
    "lost": "Given to {owner}, who works on it still", "promoted": "Given to {owner}, who worked on it already",
}  # fmt: skip
_SAID = {
    "accept": "accepted it", "decline": "declined it", "contacted": "reached the prospect",
    "appointment": "set an appointment", "quoted": "quoted", "won": "sold", "lost": "lost it",
    "not_ready": "gave it back: not ready yet", "wrong_territory": "said: wrong territory",
    "return": "asked to return it", "blocked": "is blocked", "correct": "corrected the entry before",
    "pause_me": "paused new leads",
}  # fmt: skip
_VIA = {
    "link": "by a link in a mail", "email": "by answering a mail", "portal": "in the portal", "api": "by their system",
    "csv": "by a list", "crm": "by their CRM", "prospect": "told by the prospect",
}  # fmt: skip
_WAYS = {
    "email": "email", "adf": "ADF", "star": "STAR", "webhook": "direct line to the system",
    "rest": "direct line to the system", "salesforce": "Salesforce", "hubspot": "HubSpot", "csv": "file",
    "digest": "list by email",
}  # fmt: skip
_STATES = {
    "planned": "on its way", "waiting": "waits for the next list", "delivered": "delivered", "failed": "failed",
    "unknown": "nobody knows whether it arrived", "withdrawn": "taken out of the list", "erased": "erased",
}  # fmt: skip
_NOTICES = {
    "lead": "The lead",
    "response": "News of the prospect",
    "reminder": "A reminder",
    "escalation": "A reminder to the manager",
}


def given(what: str, owner: str | None) -> str:
    """A hand-over."""
    return _GIVEN.get(what.removeprefix("given_"), "Given to {owner}").format(owner=owner or "somebody")


def said(action: str) -> str:
    """A word of an owner."""
    return _SAID.get(action, action.replace("_", " "))


def via(way: str) -> str:
    """How it was said."""
    return _VIA.get(way, way)


def filled_in(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was filled in; an amount with its currency."""
    shown = dict(fields)
    if "amount" in shown:
        shown["amount"] = f"{float(shown['amount']):,.2f} {shown.pop('currency', '')}".replace(".00 ", " ").strip()
    return [(LABELS.get(name, name.capitalize()), WORDS.get(value, (value,))[0]) for name, value in shown.items()]


def sent(what: str, way: str, state: str) -> str:
    """A message that went out."""
    notice, by = _NOTICES.get(what, what.capitalize()), _WAYS.get(way, way.replace("_", " "))
    return f"{notice} by {by}: {_STATES.get(state, state)}"
