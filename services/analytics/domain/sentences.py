"""Every event as one sentence that a manager can read."""

from collections.abc import Callable, Mapping
from typing import Any

Raw = Mapping[str, Any]
Sentence = Callable[[Raw], str]

#: By (room, event), in the order in which things happen to a lead: events of the same moment are told in it.
SENTENCES: dict[tuple[str, str], Sentence] = {}


def sentence(room: str, event: str, raw: Raw) -> str:
    """The sentence for an event; for one that nobody wrote a sentence for, its name."""
    write = SENTENCES.get((room, event))
    if write is None:
        return f"{room}: {event.replace('_', ' ')}."
    # A reason that somebody typed may bring its own full stop.
    return f"{write(raw).rstrip('.')}."


def place(room: str, event: str) -> int:
    """Where an event of the same moment stands in the timeline."""
    order = list(SENTENCES)
    return order.index((room, event)) if (room, event) in SENTENCES else len(order)


def _tells(room: str, event: str) -> Callable[[Sentence], Sentence]:
    def declare(write: Sentence) -> Sentence:
        SENTENCES[room, event] = write
        return write

    return declare


# --- capture ---------------------------------------------------------------------------------------------------------


@_tells("capture", "inquiry_received")
def _(raw: Raw) -> str:
    what = {"registered": "opens a lead", "responded": "joins an open lead", "test": "is a test and goes no further"}
    return f"An inquiry from {raw['source']} ({raw['channel']}) came in and {what[raw['outcome']]}."


@_tells("capture", "inquiry_quarantined")
def _(raw: Raw) -> str:
    return f"An inquiry from {raw['source']} was put in quarantine: {raw['reason']} ({raw['detail']})."


@_tells("capture", "inquiry_released")
def _(raw: Raw) -> str:
    return f"An inquiry from {raw['source']} was released from quarantine ({raw['reason_before']}): {raw['outcome']}."


@_tells("capture", "confirmation_requested")
def _(raw: Raw) -> str:
    return f"Asked to confirm by {_minute(raw['expires_at'])} that contact by {raw['channel']} is welcome."


@_tells("capture", "persons_merged")
def _(raw: Raw) -> str:
    if not raw["automatic"]:
        return "Two people were merged: somebody said that they are one."
    why = ", ".join(f"{reason['field']} {reason['agreement']}" for reason in raw["reasons"] if reason["weight"] > 0)
    return f"Two people were taken for one, {100 * raw['confidence']:.1f} % sure ({why})."


@_tells("capture", "persons_unmerged")
def _(raw: Raw) -> str:
    return "Two people who had been taken for one were told apart."


@_tells("capture", "person_erased")
def _(raw: Raw) -> str:
    return "The person asked to be forgotten: every room was told to erase them."


def _tells_of_an_erasure(room: str) -> None:
    @_tells(room, "person_data_erased")
    def _(raw: Raw) -> str:
        rows = sum(raw["removed"].values())
        return f"{room.capitalize()} forgot the person: {rows} {'row' if rows == 1 else 'rows'}."


for _room in ("qualify", "router", "nurture", "fulfillment", "analytics"):
    _tells_of_an_erasure(_room)


@_tells("capture", "campaign_changed")
def _(raw: Raw) -> str:
    return f"The campaign {raw['campaign']} was registered or changed: {raw['title']}."


@_tells("capture", "campaign_cost_recorded")
def _(raw: Raw) -> str:
    return f"{raw['amount']} {raw['currency']} were spent on the campaign {raw['campaign']} ({raw['kind']})."


@_tells("capture", "referral_credited")
def _(raw: Raw) -> str:
    kind = "for the sale" if raw["kind"] == "closed" else "for the lead"
    return f"{raw['amount']} {raw['currency']} credited to the employee {raw['referrer']}, who forwarded it, {kind}."


@_tells("capture", "inquiry_attributed")
def _(raw: Raw) -> str:
    return f"Credited to the campaign {raw['campaign']}, by the code {raw['code']}, which was registered since."


@_tells("capture", "activity_recorded")
def _(raw: Raw) -> str:
    did = _DID.get(raw["kind"], raw["kind"].replace("_", " ").capitalize() + ":")
    name = raw.get("title") if raw["kind"] in ("download", "calculator") else None
    source, tactic = raw.get("source"), raw.get("tactic")
    sender = f"{source} ({tactic})" if source and tactic else source or tactic
    brought = f", brought by {sender}" if sender else ""
    campaign = f", campaign {raw['campaign']}" if raw.get("campaign") else ""
    before = ", before anybody knew who it was" if raw["anonymous_before"] else ""
    return f"{did} {name or raw['what']} ({raw['site']}){brought}{campaign}{before}{_judged(raw)}."


@_tells("capture", "activity_reassessed")
def _(raw: Raw) -> str:
    before, now = _VERDICTS[raw["previous_verdict"]], _VERDICTS[raw["verdict"]]
    return f"{raw['kind'].replace('_', ' ').capitalize()} {raw['what']} of {_minute(raw['at'])}: {now}, not {before}."


@_tells("capture", "activity_reassigned")
def _(raw: Raw) -> str:
    return f"An earlier visit turned out to be this person's: {raw['because']}."


@_tells("capture", "lead_registered")
def _(raw: Raw) -> str:
    response, previous = raw["response"], raw.get("previous")
    campaign = f", campaign {response['campaign']}" if response.get("campaign") else ""
    interest = f", interested in {_listed(response['products'])}" if response["products"] else ""
    before = f" The lead before it was {previous['resolution']}." if previous else ""
    return f"Registered as a new lead from {response['source']}{campaign}{interest}.{before}"


@_tells("capture", "lead_responded")
def _(raw: Raw) -> str:
    response = raw["response"]
    interest = f" about {_listed(response['products'])}" if response["products"] else ""
    return f"Inquired again{interest}, through {response['source']}: response number {raw['number']}."


@_tells("capture", "person_updated")
def _(raw: Raw) -> str:
    return "The front desk learned something new of the person."


@_tells("capture", "consent_changed")
def _(raw: Raw) -> str:
    word = "allowed" if raw["allowed"] else "refused"
    return f"The person {word} contact by {raw['channel']} ({raw['origin']})."


# --- qualify ---------------------------------------------------------------------------------------------------------


@_tells("qualify", "rules_published")
def _(raw: Raw) -> str:
    share = "" if raw["share"] == 100 else f" for {raw['share']} % of the leads"
    return f"Rules {raw['version']} came into force{share}, published by {raw['by']}."


@_tells("qualify", "lead_scored")
def _(raw: Raw) -> str:
    before = raw.get("previous_rank")
    change = f", {before} before" if before and before != raw["rank"] else ""
    parts = f"{raw['fit']} fit + {raw['engagement']} engagement"
    return f"Scored {raw['score']} points ({parts}): {raw['rank']}{change}, {raw['decision'].replace('_', ' ')}."


@_tells("qualify", "lead_qualified")
def _(raw: Raw) -> str:
    return f"Qualified for sales with {raw['score']} points as {raw['rank']}{_because(raw['because'])}."


@_tells("qualify", "lead_disqualified")
def _(raw: Raw) -> str:
    return f"Set aside as {raw['rank']}{_because(raw['because'])}."


@_tells("qualify", "stage_changed")
def _(raw: Raw) -> str:
    stage = raw["stage"].upper() if raw["stage"] in ("mql", "sal", "sql") else raw["stage"]
    return f"Now at the stage {stage}: {raw['because']}."


@_tells("qualify", "profile_enriched")
def _(raw: Raw) -> str:
    found = ", ".join(f"{value['field'].replace('_', ' ')} ({value['provider']})" for value in raw["values"])
    return f"Found out beside what was said: {found}."


@_tells("qualify", "screening_requested")
def _(raw: Raw) -> str:
    what = "call it" if raw["queue"] == "telephone" else "look at it"
    waits = "; sales waits for that" if raw["holds"] else ""
    return f"Somebody is to {what} by {raw['due_at'][:16].replace('T', ' ')}: {raw['because']}{waits}."


@_tells("qualify", "screening_attempted")
def _(raw: Raw) -> str:
    again = raw["next_at"][:16].replace("T", " ")
    return f"{raw['by']} called and reached nobody (try {raw['attempt']}); again at {again}."


@_tells("qualify", "screening_overdue")
def _(raw: Raw) -> str:
    holder = f" It is in the hands of {raw['claimed_by']}." if raw.get("claimed_by") else ""
    return f"Nobody screened it in time (due {raw['due_at'][:16].replace('T', ' ')}).{holder}"


@_tells("qualify", "screening_completed")
def _(raw: Raw) -> str:
    if raw["outcome"] == "withdrawn":
        return "The screening was not needed any more."
    until = f" until {raw['until']}" if raw.get("until") else ""
    late = ", later than was due" if raw["late"] else ""
    return f"{raw.get('by') or 'Somebody'} screened it: {raw['outcome'].replace('_', ' ')}{until}{late}."


@_tells("qualify", "prediction_activated")
def _(raw: Raw) -> str:
    now = f"Model {raw['version']} predicts from now on" if raw["version"] else "Nothing predicts any more"
    before = f", {raw['previous_version']} did before" if raw["previous_version"] else ""
    return f"{now}{before}, says {raw['by']}."


@_tells("qualify", "prediction_drifted")
def _(raw: Raw) -> str:
    return f"Model {raw['version']} does not hold as it did (week of {raw['week']}): {'; '.join(raw['alarms'])}."


# --- router ----------------------------------------------------------------------------------------------------------


@_tells("router", "lead_assigned")
def _(raw: Raw) -> str:
    owner = raw["owner"]
    why = next((look["because"] for look in raw["explanation"] if look["chosen"]), raw["occasion"])
    due = f"Due to {raw['clock']} by {_minute(raw['due_at'])}."
    held = f" They open at {_minute(raw['held_until'])}." if raw.get("held_until") else ""
    return f"Given to {owner['name']} ({owner['kind'].replace('_', ' ')}): {why}.{held} {due}"


@_tells("router", "lead_shared")
def _(raw: Raw) -> str:
    return f"Shared with {raw['owner']['name']}, number {raw['place']} of {raw['of']} who work on it."


@_tells("router", "share_status_changed")
def _(raw: Raw) -> str:
    return f"{raw['owner_id']}, who shares it, says {raw['status'].replace('_', ' ')} ({raw['previous']} before)."


@_tells("router", "share_ended")
def _(raw: Raw) -> str:
    if raw["assignment_id"]:
        return f"{raw['owner_id']}, who shared it, is responsible for it now."
    return f"{raw['owner_id']} shares it no longer: {raw['because']}."


@_tells("router", "lead_charged")
def _(raw: Raw) -> str:
    return f"{raw['owner_id']} pays {raw['amount']} {raw['currency']} for it: {raw['because']}."


@_tells("router", "lead_credited")
def _(raw: Raw) -> str:
    return f"{raw['owner_id']} was credited {raw['amount']} {raw['currency']}: {raw['because']} ({raw['by']})."


@_tells("router", "lead_delivered")
def _(raw: Raw) -> str:
    return f"Delivered to {raw['owner_id']} by {raw['delivery']}{_attempts(raw['attempts'])}."


@_tells("router", "delivery_failed")
def _(raw: Raw) -> str:
    if raw["outcome"] == "unknown":
        return f"Nobody knows whether the delivery to {raw['owner_id']} by {raw['delivery']} arrived: {raw['reason']}."
    return f"The delivery to {raw['owner_id']} by {raw['delivery']} was given up: {raw['reason']}."


@_tells("router", "delivery_channel_disabled")
def _(raw: Raw) -> str:
    return f"Nothing is delivered to {raw['owner_id']} by {raw['way']} any more, but by email: {raw['because']}."


@_tells("router", "lead_accepted")
def _(raw: Raw) -> str:
    return f"{raw['owner_id']} accepted the lead."


@_tells("router", "lead_declined")
def _(raw: Raw) -> str:
    return f"{raw['owner_id']} declined the lead: {raw['reason']}."


@_tells("router", "lead_lapsed")
def _(raw: Raw) -> str:
    return f"{raw['owner_id']} let the time to {raw['clock']} run out; the lead goes on."


_DUTIES = {"accept": "take the lead on", "contact": "reach the prospect", "update": "say how the lead stands"}


@_tells("router", "duty_ended")
def _(raw: Raw) -> str:
    duty, due = _DUTIES[raw["clock"]], _minute(raw["due_at"])
    if raw["outcome"] == "missed":
        return f"{raw['owner_name']} did not {duty} by {due}."
    missing = f", and left out {' and '.join(raw['left_out'])}" if raw.get("left_out") else ""
    if raw["outcome"] == "late":
        return f"{raw['owner_name']} was late to {duty}: it was due by {due}{missing}."
    return f"{raw['owner_name']} was in time to {duty}{missing}."


@_tells("router", "lead_escalated")
def _(raw: Raw) -> str:
    return f"{raw['told']} was told that {raw['owner_id']} is late to {raw['clock']}."


#: How owners say something.
_WAYS = {"link": "a link of a message", "email": "a reply", "portal": "the portal", "csv": "a list", "crm": "their CRM",
         "api": "a program", "prospect": "the prospect"}  # fmt: skip


@_tells("router", "lead_reopened")
def _(raw: Raw) -> str:
    return f"{raw['owner_id']} takes back that the lead was {raw['was']}: it is open again."


@_tells("router", "return_asked")
def _(raw: Raw) -> str:
    return f"{raw['owner_id']} wants to return the lead, {raw['reason']}: the manager is asked."


@_tells("router", "return_refused")
def _(raw: Raw) -> str:
    because = f": {raw['because']}" if raw.get("because") else ""
    return f"The lead is not taken back from {raw['owner_id']}{because}."


@_tells("router", "lead_returned")
def _(raw: Raw) -> str:
    credit = ", and was credited for it" if raw["credited"] else ""
    return f"{raw['owner_id']} returned the lead: {raw['reason']}{credit}."


#: What was wrong with an answer by mail.
_UNREAD = {
    "asked_back": "was not certain, and is asked back", "refused": "came too late, and was answered so",
    "stranger": "came from a strange address, and is looked at", "automatic": "was a bounce, and is looked at",
}  # fmt: skip


@_tells("router", "owner_reply_unread")
def _(raw: Raw) -> str:
    return f"An answer of {raw['owner_id']} by mail {_UNREAD[raw['outcome']]}."


@_tells("router", "lead_status_changed")
def _(raw: Raw) -> str:
    via = f", by {_WAYS.get(raw['via'], raw['via'])}" if raw.get("via") else ""
    if raw.get("blocked"):
        return f"{raw['owner_id']} cannot go on{via}: {raw['blocked']}."
    when = f" for {_minute(raw['appointment_at'])}" if raw.get("appointment_at") else ""
    if raw["previous"] == raw["status"]:
        return f"{raw['owner_id']} says of the {raw['status']}{when} anew{via}."
    return f"{raw['owner_id']} moved the lead from {raw['previous']} to {raw['status']}{when}{via}."


@_tells("router", "quote_recorded")
def _(raw: Raw) -> str:
    return f"{raw['owner_id']} quoted {raw['amount']} {raw['currency']}."


@_tells("router", "lead_won")
def _(raw: Raw) -> str:
    amount = f" for {raw['amount']} {raw.get('currency') or ''}".rstrip() if raw.get("amount") else ""
    source = ", says the prospect" if raw.get("told_by") == "prospect" else ""
    return f"Won: {raw['owner_id']} made the sale{amount}{source}."


@_tells("router", "lead_lost")
def _(raw: Raw) -> str:
    to = f" to {raw['lost_to']}" if raw.get("lost_to") else ""
    source = ", says the prospect" if raw.get("told_by") == "prospect" else ""
    note = f" ({raw['note']})" if raw.get("note") else ""
    return f"Lost{to}: {raw['reason']}{note}{source}."


@_tells("router", "lead_recycled")
def _(raw: Raw) -> str:
    until = f", to be contacted again on {raw['until']}" if raw.get("until") else ""
    if raw.get("told_by") == "silence":
        return f"Taken back from {raw['owner_id']}: {raw['reason']}."
    who = "The prospect" if raw.get("told_by") == "prospect" else raw["owner_id"]
    return f"{who} gave the lead back as not ready: {raw['reason']}{until}."


@_tells("router", "purchase_asked")
def _(raw: Raw) -> str:
    return f"{raw['owner_name']} says nothing more: the prospect is asked whether they bought."


@_tells("router", "purchase_told")
def _(raw: Raw) -> str:
    said = {
        "bought": "they bought from us",
        "elsewhere": f"they bought from {raw.get('bought_from') or 'somebody else'}",
        "looking": "they are still looking",
        "no_interest": "they have no interest any more",
    }[raw["answer"]]
    until = f", and want to hear from us on {raw['until']}" if raw.get("until") else ""
    contact = ", and ask to be contacted" if raw.get("wants_contact") else ""
    kept = "" if raw["changed"] else " The owner's word stands"
    return f"The prospect says that {said}{until}{contact}." + (f"{kept}." if kept else "")


# --- nurture ---------------------------------------------------------------------------------------------------------


@_tells("nurture", "programme_entered")
def _(raw: Raw) -> str:
    return f"Entered the programme {raw['programme']} ({raw['because']})."


@_tells("nurture", "step_due")
def _(raw: Raw) -> str:
    return f"Step {raw['step']} of {raw['programme']} came due: {raw['piece']} by {raw['channel']}."


@_tells("nurture", "programme_left")
def _(raw: Raw) -> str:
    return f"Left the programme {raw['programme']}: {raw['reason']}."


# --- fulfillment -----------------------------------------------------------------------------------------------------


@_tells("fulfillment", "piece_sent")
def _(raw: Raw) -> str:
    return f"Sent {raw['piece']} by {raw['channel']}{_with(raw['items'])}."


@_tells("fulfillment", "piece_failed")
def _(raw: Raw) -> str:
    what = {
        "failed": "could not be sent",
        "suppressed": "was held back",
        "unknown": "may or may not have been sent, and is not sent again blindly",
    }
    return f"The piece {raw['piece']} by {raw['channel']} {what[raw['outcome']]}: {raw['reason']}."


@_tells("fulfillment", "print_job_sent")
def _(raw: Raw) -> str:
    return f"Handed {raw['piece']} ({raw['pages']} pages) to the printer as job {raw['job_id']}{_with(raw['items'])}."


@_tells("fulfillment", "unsubscribed")
def _(raw: Raw) -> str:
    piece = f" in {raw['piece']}" if raw.get("piece") else ""
    return f"Unsubscribed from {raw['channel']}{piece}."


# --- parts of sentences ----------------------------------------------------------------------------------------------


#: What somebody did, as a sentence begins.
_DID = {
    "page": "Looked at",
    "download": "Downloaded",
    "calculator": "Used the calculator",
    "click": "Followed the link",
    "open": "Opened",
    "event": "Did",
    "scan": "Scanned the code",
    "webinar": "Attended the webinar",
}
_VERDICTS = {"human": "done by a person", "suspect": "perhaps done by a program", "bot": "done by a program"}


def _judged(raw: Raw) -> str:
    return "" if raw["verdict"] == "human" else f"; {_VERDICTS[raw['verdict']]}, it does not count"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _with(items: list[str]) -> str:
    return f", with {_listed(items)}" if items else ""


def _because(reasons: list[str]) -> str:
    return f": {', '.join(reasons)}" if reasons else ""


def _attempts(number: int) -> str:
    return f" after {number} attempts" if number > 1 else ""


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")
