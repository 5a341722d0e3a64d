"""Reads a batch of activities: from our script, pixel and download links, or from a partner with a key.

The script's clock may be wrong: it says how long ago something happened, not when. A partner's clock is believed, and
only a partner may say whose email it was: the script is public, and what it sends proves nothing.
"""

import hashlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson

from services.capture.domain.cleaning import line, storable
from services.capture.domain.contacts import email_address
from services.capture.domain.footsteps.rules import Bots, Click
from services.capture.domain.footsteps.touches import MARKS, address, marks_in, page_before, touch_of
from services.capture.domain.footsteps.verdict import Caller, kept_network, signs_of
from services.capture.domain.values import Unusable
from shared.contracts.intake import Intake
from shared.ids import derived_id

#: Activities in one body. The script sends a few.
MOST_OF_SCRIPT = 100
MOST_OF_PARTNER = 2_000
MOST_DETAILS = 20
DETAIL = 300
#: The script keeps what it could not send for a while; what claims to be older happened at the latest then.
OLDEST = timedelta(days=1)
#: A partner's clock may be so far ahead.
AHEAD = timedelta(minutes=5)
USER_AGENT = 300

_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
_VISITOR = re.compile(r"[A-Za-z0-9_.:-]{8,80}")
_OWN_PREFIX = "email:"
_ACTIVITIES = UUID("b2a3f9d0-95c4-5a52-8f2b-6d3f2d1c7a44")


@dataclass(frozen=True)
class Step:
    """One activity, read."""

    id: UUID
    visitor: str | None
    kind: str
    what: str
    at: datetime
    url: str | None
    title: str | None
    referrer: str | None
    touch: Mapping[str, str]
    details: Mapping[str, str]
    signs: tuple[str, ...]
    user_agent: str | None
    #: What the link's token said, where it was followed out of a mail.
    click: Click | None = None
    #: Whose it is, as a partner says: an email, or our own id of the person.
    email: str | None = None
    person_id: UUID | None = None


@dataclass(frozen=True)
class Refused:
    """An activity that cannot be used, by its place from 0, and why."""

    place: int
    problem: str


@dataclass(frozen=True)
class Batch:
    """Everything in one body."""

    receipt_id: UUID
    source: str
    received_at: datetime
    #: Of the caller's address only this is kept.
    network: str | None
    steps: tuple[Step, ...]
    refused: tuple[Refused, ...]
    #: What brought this visitor here first and last, and when, by the script's own memory.
    first: tuple[datetime, Mapping[str, str]] | None = None
    last: tuple[datetime, Mapping[str, str]] | None = None
    visitor: str | None = None

    @property
    def received(self) -> int:
        """Activities in it; a body that cannot be read counts for one."""
        return len(self.steps) + len(self.refused)


class _Unfit(Exception):
    """One activity cannot be used."""


@dataclass(frozen=True)
class Reader:
    """Reads bodies. `read_token` gives what a link's token says, or None when it is not ours."""

    bots: Bots
    read_token: Callable[[str], Click | None] = field(default=lambda token: None)

    def read(self, intake: Intake, body: bytes) -> Batch:
        """The activities of a body. Never raises: what cannot be used is refused with a reason."""
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            return self._unreadable(intake, "the body is not JSON")
        partner = intake.key_id is not None
        head, told = _parts(document)
        if told is None:
            return self._unreadable(intake, "a list of activities is missing")
        if not told:
            return self._unreadable(intake, "the list of activities is empty")
        most = MOST_OF_PARTNER if partner else MOST_OF_SCRIPT
        steps: list[Step] = []
        refused = [Refused(place, f"more than {most} activities at once") for place in range(most, len(told))]
        last = self._touch(head.get("last"), intake)
        for place, said in enumerate(told[:most]):
            try:
                steps.append(self._step(place, said, head, last[1] if last else {}, intake, partner))
            except _Unfit as problem:
                refused.append(Refused(place, str(problem)))
        return Batch(
            receipt_id=intake.receipt_id,
            source=intake.source,
            received_at=intake.received_at,
            network=None if partner else kept_network(intake.remote_address),
            steps=tuple(steps),
            refused=tuple(refused),
            first=self._touch(head.get("first"), intake),
            last=last,
            visitor=visitor_id(head.get("visitor")),
        )

    def _unreadable(self, intake: Intake, problem: str) -> Batch:
        return Batch(intake.receipt_id, intake.source, intake.received_at, None, (), (Refused(0, problem),))

    def _touch(self, said: Any, intake: Intake) -> tuple[datetime, Mapping[str, str]] | None:
        if not isinstance(said, dict):
            return None
        touch = touch_of(said)
        age = _age(said.get("age"), timedelta(days=3 * 365))
        return (intake.received_at - age, touch) if touch else None

    def _step(
        self, place: int, said: Any, head: Mapping[str, Any], last: Mapping[str, str], intake: Intake, partner: bool
    ) -> Step:
        if not isinstance(said, dict):
            raise _Unfit("an activity is an object")
        url = address(said.get("url"))
        caller = self._caller(said, head, intake, partner)
        visitor = visitor_id(said.get("visitor")) or visitor_id(head.get("visitor"))
        email, person_id = (_email(said), _uuid(said.get("person_id"), "person_id")) if partner else (None, None)
        if partner and not (email or person_id or visitor):
            raise _Unfit("whose it is, is missing: email, visitor or person_id")
        token = said.get("token") or head.get("token")
        click = self.read_token(token) if isinstance(token, str) else None
        return Step(
            id=_identity(place, said, intake, email or visitor),
            visitor=visitor_of_email(email) if email else visitor,
            kind=_kind(said.get("kind")),
            what=_what(said, url),
            at=_moment(said, intake) if partner else intake.received_at - _age(said.get("age"), OLDEST),
            url=url,
            title=_text(said.get("title"), 200),
            referrer=page_before(said.get("referrer")),
            touch={**last, **_own_touch(said)},
            details=_details(said.get("details")),
            signs=_told(said) if partner and "user_agent" not in said else signs_of(caller, self.bots) + _told(said),
            user_agent=caller.user_agent,
            click=click,
            email=email,
            person_id=person_id,
        )

    def _caller(self, said: Mapping[str, Any], head: Mapping[str, Any], intake: Intake, partner: bool) -> Caller:
        if partner:
            return Caller(_text(said.get("user_agent"), USER_AGENT), language="unknown")
        marks = head.get("marks")
        return Caller(
            user_agent=_text(intake.headers.get("user-agent"), USER_AGENT),
            language=intake.headers.get("accept-language"),
            purpose=" ".join(intake.headers.get(name, "") for name in ("purpose", "sec-purpose", "x-purpose", "x-moz")),
            method=str(head.get("method", "POST")),
            address=intake.remote_address,
            marks=tuple(str(mark) for mark in marks[:10]) if isinstance(marks, list) else (),
        )


def visitor_id(said: Any) -> str | None:
    """A visitor's id when it has the form of one."""
    if not isinstance(said, str) or not _VISITOR.fullmatch(said) or said.startswith(_OWN_PREFIX):
        return None
    return said


def visitor_of_email(email: str) -> str:
    """Stands for somebody of whom a partner gave the email, while we do not know them; it does not tell the email."""
    return _OWN_PREFIX + hashlib.sha256(email.encode()).hexdigest()


def is_email(visitor: str | None) -> bool:
    """Whether this stands for an email: nobody who is named so is anonymous."""
    return visitor is not None and visitor.startswith(_OWN_PREFIX)


def _parts(document: Any) -> tuple[Mapping[str, Any], list[Any] | None]:
    if isinstance(document, list):
        return {}, document
    if not isinstance(document, dict):
        return {}, None
    for name in ("events", "activities"):
        if name in document:
            return document, document[name] if isinstance(document[name], list) else None
    return ({}, [document]) if "kind" in document else ({}, None)


def _identity(place: int, said: Mapping[str, Any], intake: Intake, who: str | None) -> UUID:
    own = said.get("id")
    if isinstance(own, str | int) and not isinstance(own, bool) and str(own).strip():
        # With the visitor: nobody can take the number of somebody else's activity.
        return derived_id(_ACTIVITIES, intake.source, who or "", storable(str(own))[:200])
    return derived_id(intake.receipt_id, "activity", str(place))


def _kind(said: Any) -> str:
    kind = said.strip().lower().replace("-", "_").replace(" ", "_") if isinstance(said, str) else ""
    if not _KIND.fullmatch(kind):
        raise _Unfit("kind: a word such as page, download, calculator or webinar is required")
    return kind


def _what(said: Mapping[str, Any], url: str | None) -> str:
    what = _text(said.get("what"), 300)
    if what is None and url:
        what = urlsplit(url).path or "/"
    if what is None:
        raise _Unfit("what: a name or an address is required")
    return what


def _own_touch(said: Mapping[str, Any]) -> dict[str, str]:
    given = {name: line(value, 500) for name in MARKS if isinstance(value := said.get(name), str) and value.strip()}
    return {**marks_in(said.get("url")), **given}


def _told(said: Mapping[str, Any]) -> tuple[str, ...]:
    return ("told_by_sender",) if said.get("bot") is True else ()


def _details(said: Any) -> dict[str, str]:
    if not isinstance(said, dict):
        return {}
    kept = {}
    for name, value in list(said.items())[:MOST_DETAILS]:
        if isinstance(value, str | int | float | bool):
            kept[line(str(name), 60)] = line(str(value), DETAIL)
    return kept


def _moment(said: Mapping[str, Any], intake: Intake) -> datetime:
    text = said.get("at")
    if text is None:
        return intake.received_at
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else datetime.fromtimestamp(text, UTC)
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        raise _Unfit("at: not a time such as 2026-03-02T12:00:00Z") from None
    if at > intake.received_at + AHEAD or at.year < 2000:
        raise _Unfit("at: lies in the future, or before this century")
    return at


def _age(said: Any, oldest: timedelta) -> timedelta:
    """How long ago, from milliseconds."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said) or said < 0:
        return timedelta()
    return min(timedelta(milliseconds=min(said, 1e12)), oldest)


def _email(said: Mapping[str, Any]) -> str | None:
    text = said.get("email")
    if text is None:
        return None
    try:
        return email_address(line(str(text)))
    except Unusable as problem:
        raise _Unfit(f"email: {problem}") from None


def _uuid(said: Any, name: str) -> UUID | None:
    if said is None:
        return None
    try:
        return UUID(str(said))
    except ValueError:
        raise _Unfit(f"{name}: not a UUID") from None


def _text(said: Any, limit: int) -> str | None:
    return line(said, limit) or None if isinstance(said, str) else None
