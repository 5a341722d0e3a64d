"""What an owner may say of a lead when."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from services.router.domain.answer import ASKS, FieldsInvalid, Said, Terms, read
from services.router.domain.feedback import Feedback, ReturnReason
from services.router.domain.status import accepts_silently, clock_after, judge

#: Two in the morning of 2 March in Iowa.
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FEEDBACK = Feedback(lost=("price", "bought from a competitor", "other"), returns=(ReturnReason("wrong contact data"),))
TERMS = Terms(currency="USD", now=NOW, zone=ZoneInfo("America/Chicago"), feedback=FEEDBACK)


def filled_in(action: str, **fields: str) -> Said:
    return read(action, fields, TERMS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "action", "kind"),
    [
        ("assigned", "accept", "move"),
        ("assigned", "decline", "move"),
        ("assigned", "won", "move"),
        ("accepted", "accept", "settled"),
        ("quoted", "accept", "settled"),
        ("accepted", "decline", "move"),
        ("contacted", "decline", "refused"),
        ("quoted", "contacted", "settled"),
        ("quoted", "appointment", "move"),
        ("quoted", "quoted", "settled"),
        ("won", "won", "settled"),
        ("won", "lost", "refused"),
        ("lost", "won", "refused"),
        ("contacted", "not_ready", "move"),
        ("contacted", "wrong_territory", "move"),
        ("quoted", "wrong_territory", "refused"),
        ("accepted", "return", "move"),
        ("won", "return", "refused"),
        ("quoted", "blocked", "move"),
        ("lost", "blocked", "refused"),
        ("assigned", "correct", "refused"),
        ("won", "correct", "move"),
        ("recycled", "correct", "refused"),
        ("declined", "pause_me", "move"),
    ],
)
def test_moves(status: str, action: str, kind: str) -> None:
    assert judge(status, action).kind == kind  # type: ignore[arg-type]


def test_working_a_lead_accepts_it() -> None:
    assert accepts_silently("assigned", "quoted")
    assert not accepts_silently("assigned", "decline")
    assert not accepts_silently("accepted", "quoted")


def test_each_status_runs_its_clock() -> None:
    assert [clock_after(status) for status in ("accepted", "contacted", "quoted", "won", "declined")] == [
        "contact", "update", "update", None, None,
    ]  # fmt: skip


def test_a_refusal_and_a_loss_need_a_reason_and_a_quote_an_amount() -> None:
    needed = {action: [ask.rstrip("*") for ask in asks if ask.endswith("*")] for action, asks in ASKS.items() if asks}

    assert needed["decline"] == ["reason"]
    assert needed["lost"] == ["reason"]
    assert needed["quoted"] == ["amount"]
    with pytest.raises(FieldsInvalid) as refused:
        filled_in("lost", reason="  ", lost_to="Green Brand")
    assert refused.value.fields == {"reason": ["This is needed."]}


@pytest.mark.parametrize(
    ("written", "amount"), [("12500", "12500.00"), ("$12,500.50", "12500.50"), ("1,250,000", "1250000.00")]
)
def test_amounts_are_read_as_written(written: str, amount: str) -> None:
    said = filled_in("quoted", amount=written)

    assert (said.amount, said.currency) == (Decimal(amount), "USD")


@pytest.mark.parametrize("written", ["12500,50", "1.250.000", "-5", "0", "NaN", "1e9", "twelve", "99999999999"])
def test_amounts_that_could_be_meant_otherwise_are_refused(written: str) -> None:
    with pytest.raises(FieldsInvalid) as refused:
        filled_in("won", amount=written)
    assert list(refused.value.fields) == ["amount"]


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(FieldsInvalid) as refused:
        filled_in("quoted", amount="much", currency="dollars")
    assert refused.value.fields.keys() == {"amount", "currency"}

    with pytest.raises(FieldsInvalid) as past:
        filled_in("not_ready", until="2026-03-02")
    assert past.value.fields == {"until": ["This day is past."]}


def test_a_text_loses_control_characters_and_an_end_that_nobody_reads() -> None:
    said = filled_in("decline", reason="too\x00 far\x1b[31m" + "x" * 1000)

    assert said.reason is not None
    assert said.reason.startswith("too far[31m")
    assert len(said.reason) == 500


def test_a_reason_is_found_on_the_list_however_it_is_written() -> None:
    assert filled_in("lost", reason=" Bought from a COMPETITOR.").reason == "bought from a competitor"

    said = filled_in("lost", reason="their cousin sells them", note="met at the fair")
    assert (said.reason, said.note) == ("other", "their cousin sells them; met at the fair")
    with pytest.raises(FieldsInvalid) as refused:
        filled_in("return", reason="do not like it", evidence="none")
    assert refused.value.fields == {"reason": ["One of: wrong contact data."]}


def test_a_time_of_day_is_the_owners_own() -> None:
    said = filled_in("appointment", at="2026-03-10T15:00")

    assert said.at == datetime(2026, 3, 10, 20, tzinfo=UTC)
    assert filled_in("not_ready", until="2026-03-03").until is not None
    with pytest.raises(FieldsInvalid) as refused:
        filled_in("appointment", at="Tuesday at three")
    assert list(refused.value.fields) == ["at"]


def test_a_correction_is_checked_as_what_should_have_been_said() -> None:
    said = filled_in("correct", to="Won", amount="13,000")
    assert (said.to, said.amount, said.currency) == ("won", Decimal("13000.00"), "USD")

    assert filled_in("correct") == Said()
    for wrong in ({"to": "lost"}, {"to": "accept"}, {"to": "quoted", "amount": "much"}):
        with pytest.raises(FieldsInvalid):
            filled_in("correct", **wrong)
