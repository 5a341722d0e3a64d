"""When a piece may go out, and what makes it one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.fulfillment.domain.pieces import Occasion, Permission, Piece, newest, piece_id, piece_key, why_not

ASKED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANN = UUID(int=1)
REQUESTED = Piece("literature", "email", "transactional", "literature", {"en": "x"}, True, timedelta(days=14), (), "M")
MARKETING = replace(REQUESTED, id="nurture-1-guide", kind="marketing")
OCCASION = Occasion(requested_at=ASKED, caused_at=ASKED, country="US", decision="not_ready")
OPT_IN = frozenset({"DE"})


def refused(at: datetime) -> Permission:
    return Permission(False, at, "unsubscribe link")


def test_same_person_piece_and_occasion_is_the_same_piece() -> None:
    assert piece_key(ANN, "guide", "e1/1") == piece_key(ANN, "guide", "e1/1")
    assert piece_id(piece_key(ANN, "guide", "e1/1")) == piece_id(piece_key(ANN, "guide", "e1/1"))


@pytest.mark.parametrize("other", [(UUID(int=2), "guide", "e1/1"), (ANN, "story", "e1/1"), (ANN, "guide", "e1/2")])
def test_another_person_piece_or_occasion_is_another_piece(other: tuple[UUID, str, str]) -> None:
    assert piece_id(piece_key(*other)) != piece_id(piece_key(ANN, "guide", "e1/1"))


def test_nothing_said_lets_a_piece_go() -> None:
    assert why_not(MARKETING, OCCASION, None, OPT_IN, ASKED) is None


def test_refusal_stops_marketing_however_long_ago() -> None:
    reason = why_not(MARKETING, OCCASION, refused(ASKED - timedelta(days=900)), OPT_IN, ASKED)

    assert reason is not None
    assert reason.startswith("suppressed: ")


def test_refusal_from_before_does_not_touch_the_answer_to_a_new_question() -> None:
    assert why_not(REQUESTED, OCCASION, refused(ASKED - timedelta(seconds=1)), OPT_IN, ASKED) is None


def test_refusal_with_or_after_the_question_stops_the_answer() -> None:
    for at in (ASKED, ASKED + timedelta(seconds=1)):
        assert why_not(REQUESTED, OCCASION, refused(at), OPT_IN, ASKED) is not None


def test_where_the_law_wants_consent_silence_stops_marketing_but_not_an_answer() -> None:
    german = replace(OCCASION, country="DE")

    assert why_not(MARKETING, german, None, OPT_IN, ASKED) is not None
    assert why_not(MARKETING, german, Permission(True, ASKED, "form"), OPT_IN, ASKED) is None
    assert why_not(REQUESTED, german, None, OPT_IN, ASKED) is None


def test_junk_gets_nothing() -> None:
    assert why_not(REQUESTED, replace(OCCASION, decision="junk"), Permission(True, ASKED, "form"), OPT_IN, ASKED)


def test_piece_that_comes_too_late_is_not_sent() -> None:
    assert why_not(REQUESTED, OCCASION, None, OPT_IN, ASKED + timedelta(days=14)) is None

    reason = why_not(REQUESTED, OCCASION, None, OPT_IN, ASKED + timedelta(days=14, seconds=1))

    assert reason is not None
    assert reason.startswith("too late")


def test_later_word_wins_in_whatever_order_it_is_heard() -> None:
    early, late = Permission(False, ASKED, "form"), Permission(True, ASKED + timedelta(hours=1), "call")

    assert newest(early, late) == late
    assert newest(late, early) == late


def test_refusal_wins_over_permission_of_the_same_moment() -> None:
    no, yes = Permission(False, ASKED, "form"), Permission(True, ASKED, "form")

    assert newest(no, yes) == no
    assert newest(yes, no) == no
    assert newest(None, yes) == yes
