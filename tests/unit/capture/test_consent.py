"""What holds of what somebody said, and which wording it was."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.capture import company_consent
from services.capture.domain.consent import (
    CONFIRMED,
    EXPIRED,
    PENDING,
    ConsentRules,
    Standing,
    Statement,
    Wording,
    standing,
)
from shared.company_file import CompanyError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def said(allowed: bool, minutes: int = 0, *, channel: str = "email", purpose: str = "marketing", state: str = "said",
         id: UUID | None = None) -> Statement:  # fmt: skip
    return Statement(id or uuid4(), channel, purpose, allowed, NOON + timedelta(minutes=minutes), state)


def only(statements: list[Statement]) -> Standing:
    (found,) = standing(statements)
    return found


def test_the_newest_statement_holds_in_whatever_order_they_come() -> None:
    yes, no = said(True, 1), said(False, 2)

    assert only([yes, no]) == only([no, yes])
    assert not only([yes, no]).allowed
    assert only([no, said(True, 3)]).allowed


def test_of_two_at_one_moment_the_refusal_holds() -> None:
    assert not only([said(True), said(False)]).allowed
    assert not only([said(False), said(True)]).allowed


def test_channels_and_purposes_stand_by_themselves() -> None:
    found = standing([said(True), said(False, 1, purpose="sales_contact"), said(False, 2, channel="phone")])

    assert [(one.channel, one.purpose, one.allowed) for one in found] == [
        ("email", "marketing", True),
        ("email", "sales_contact", False),
        ("phone", "marketing", False),
    ]


def test_a_yes_that_waits_does_not_count_until_it_is_confirmed() -> None:
    waiting = said(True, 1, state=PENDING)

    assert (only([waiting]).allowed, only([waiting]).pending) == (False, True)
    assert only([waiting, said(True, 2, state=CONFIRMED)]).allowed
    # What was confirmed once stays while a second yes waits; a refusal after it ends it.
    assert only([said(True, 0, state=CONFIRMED), waiting]).allowed
    assert not only([waiting, said(True, 2, state=CONFIRMED), said(False, 3)]).allowed


def test_a_yes_that_nobody_confirmed_in_time_says_nothing() -> None:
    waiting, over = said(True, 1, state=PENDING), said(False, 1, state=EXPIRED)

    assert (only([waiting, over]).allowed, only([waiting, over]).pending) == (False, False)
    assert only([said(True, 0, state=CONFIRMED), waiting, over]).allowed
    # A later one still waits.
    assert only([waiting, over, said(True, 2, state=PENDING)]).pending


def test_a_wording_is_known_by_its_text_or_its_version() -> None:
    own = Wording("web-2", "Yes,  write to me.", "marketing", ("website",))
    for_all = Wording("web-1", "Yes, write to me.", "sales_contact")
    rules = ConsentRules(wordings=(for_all, own))

    assert rules.recognise("yes, write\nto me.", "website") == own
    assert rules.recognise("Yes, write to me.", "elsewhere") == for_all
    assert rules.recognise("web-1", "website") == for_all
    assert rules.recognise("Something else", "website") is None
    assert rules.recognise(None, "website") is None


def test_a_refusal_is_kept_under_a_hash_that_needs_the_secret() -> None:
    one, other = ConsentRules(secret="a"), ConsentRules(secret="b")

    assert one.hashed("email", "ann@x.example") == one.hashed("email", "ann@x.example")
    assert len({one.hashed("email", "ann@x.example"), other.hashed("email", "ann@x.example"),
                one.hashed("phone", "ann@x.example")}) == 3  # fmt: skip
    assert "ann" not in one.hashed("email", "ann@x.example")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"wordings": {"v1": {"purpose": "marketing"}}}, "wordings.v1.text"),
        ({"wordings": {"v1": {"text": "Yes", "purpose": "marketting"}}}, "marketing"),
        ({"wordings": {"v1": {"text": "Yes", "sources": ["websit"]}}}, "website"),
        ({"double_opt_in": ["mail"]}, "email"),
        ({"wording": {}}, "wordings"),
    ],
)
def test_a_mistake_in_the_file_names_entry_and_field(document: dict[str, object], words: str) -> None:
    with pytest.raises(CompanyError, match=words):
        company_consent.parse(document, {"website"})
