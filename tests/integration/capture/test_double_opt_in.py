"""A yes that must be confirmed: it counts for nobody before, is confirmed once, and ends when nobody confirms it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from services.capture.models import ConsentStatement
from services.capture.usecases import confirming, consents
from shared.contracts import calls
from shared.contracts.capture import ConfirmationRequested, ConsentChanged, LeadRegistered
from shared.contracts.errors import LinkInvalid, NotAllowed
from shared.contracts.signed_ids import confirmation_tokens
from tests.integration.capture.desk import COMPANY, FrontDesk, desk_on, form, only

SECRET = "a secret of these tests, long enough"
TOKENS = confirmation_tokens(SECRET)
WORDING = "website-2026-01"
ANN = {
    "your-name": "Ann Lee", "your-email": "ann@leefarms.example", "your-phone": "515-555-0142", "newsletter": "yes",
    "consent_text": WORDING,
}  # fmt: skip


@pytest.fixture
def desk(room_database: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FrontDesk]:
    """The example company, had it its customers in Germany."""
    monkeypatch.setenv("LEADBUS_SECRET", SECRET)
    folder = tmp_path / "company"
    shutil.copytree(COMPANY, folder)
    consent = folder / "consent.yml"
    consent.write_text(consent.read_text().replace("double_opt_in: []", "double_opt_in: [email]"))
    played = desk_on(room_database("capture"), folder)
    yield played
    played.engine.dispose()


def asked(desk: FrontDesk) -> ConfirmationRequested:
    found: ConfirmationRequested = only(desk.published(ConfirmationRequested))
    return found


def token(desk: FrontDesk) -> str:
    return TOKENS.make(asked(desk).statement_id, asked(desk).expires_at)


def confirm(desk: FrontDesk, said: str) -> calls.ConfirmationReply:
    with desk.uow.begin() as tx:
        request = calls.ConfirmRequest(token=said, address="192.0.2.7", user_agent="A browser")
        return confirming.confirm(tx, request, TOKENS)


def describe(desk: FrontDesk, said: str) -> calls.ConfirmationReply:
    with desk.uow.begin() as tx:
        return confirming.describe(tx, said, TOKENS)


def ledger(desk: FrontDesk) -> calls.ConsentReply:
    with desk.uow.begin() as tx:
        return consents.ledger(tx, asked(desk).person_id)


def holds(desk: FrontDesk) -> tuple[bool, bool]:
    """Whether email is allowed, and whether a yes still waits."""
    standing = only(one for one in ledger(desk).holds if one.channel == "email")
    return standing.allowed, standing.pending


def test_nobody_hears_of_the_yes_before_it_is_confirmed(desk: FrontDesk) -> None:
    desk.receive(form(ANN))

    assert only(desk.published(LeadRegistered)).response.consent.email is None
    assert desk.published(ConsentChanged) == []
    assert holds(desk) == (False, True)
    told = asked(desk)
    assert (told.channel, told.purpose, told.version) == ("email", "marketing", WORDING)
    assert told.person.email == "ann@leefarms.example"
    assert (told.expires_at - told.requested_at).days == 7


def test_a_visit_confirms_once_with_time_address_and_text_as_proof(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    shown = [describe(desk, token(desk)) for _ in range(3)]
    assert {one.done for one in shown} == {False}
    assert (shown[0].masked_address, shown[0].text is not None) == ("a•••@leefarms.example", True)
    assert holds(desk) == (False, True), "scanners follow every link"

    for _ in range(2):
        desk.clock.forward(minutes=1)
        assert confirm(desk, token(desk)).done

    changed = only(desk.published(ConsentChanged))
    assert (changed.allowed, changed.channel, changed.version) == (True, "email", WORDING)
    assert (changed.proofs["ip"], changed.proofs["user_agent"]) == ("192.0.2.7", "A browser")
    line = only(one for one in ledger(desk).statements if one.state == "confirmed")
    assert (line.proofs["confirms"], line.version) == (str(asked(desk).statement_id), WORDING)
    assert holds(desk) == (True, False)
    assert describe(desk, token(desk)).done, "whoever comes back is thanked"
    desk.pass_days(8, lambda: desk.run_due())
    assert holds(desk) == (True, False), "what was confirmed does not expire"


def test_nobody_confirms_in_time(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    late = token(desk)
    desk.pass_days(8, lambda: desk.run_due())

    assert holds(desk) == (False, False)
    assert desk.published(ConsentChanged) == [], "it is no refusal: nothing is taken away from anybody"
    assert sorted(one.state for one in ledger(desk).statements) == ["expired", "pending"]
    with pytest.raises(LinkInvalid):
        confirm(desk, late)
    longer = TOKENS.make(asked(desk).statement_id, desk.clock.now().replace(year=2030))
    with pytest.raises(LinkInvalid):
        confirm(desk, longer)


def test_an_earlier_yes_outlives_a_later_one_that_nobody_confirms(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    confirm(desk, token(desk))
    desk.clock.forward(minutes=1)
    desk.receive(form(ANN | {"your-message": "And a mower."}, minutes=10))
    desk.pass_days(8, lambda: desk.run_due())

    [standing] = [one for one in _ledger_of(desk).holds if one.channel == "email"]
    assert (standing.allowed, standing.pending) == (True, False)


def _ledger_of(desk: FrontDesk) -> calls.ConsentReply:
    with desk.uow.begin() as tx:
        return consents.ledger(tx, desk.published(ConfirmationRequested)[0].person_id)


def test_what_was_withdrawn_since_is_not_confirmed(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    with desk.uow.begin() as tx:
        later = tx.now.replace(hour=23)
        word = consents.Word("email", "marketing", False, later, "phone call")
        consents.file(tx, UUID(int=7), asked(desk).person_id, word)

    with pytest.raises(NotAllowed):
        confirm(desk, token(desk))


def test_a_link_that_we_did_not_make_confirms_nothing(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    good = token(desk)
    other = confirmation_tokens("another secret that is long enough").make(asked(desk).statement_id, desk.clock.now())
    altered = ("A" if good[0] != "A" else "B") + good[1:]
    for forged in ("", "x", good[:-2], altered, other, TOKENS.make(UUID(int=3), asked(desk).expires_at)):
        with pytest.raises(LinkInvalid):
            confirm(desk, forged)
    assert [row["state"] for row in desk.rows(ConsentStatement)] == ["pending"]


def test_a_no_and_another_channel_need_no_confirmation(desk: FrontDesk) -> None:
    desk.receive(form(ANN | {"newsletter": "no"}))

    assert desk.published(ConfirmationRequested) == []
    assert [one.allowed for one in desk.published(ConsentChanged)] == [False]
