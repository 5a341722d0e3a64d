"""Footsteps by rule: whose they are, what brought them, and whether a person made them."""

import uuid
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.capture import company_footsteps
from services.capture.domain.footsteps.belonging import Identification, owner, with_more
from services.capture.domain.footsteps.reading import Batch, Reader, visitor_id, visitor_of_email
from services.capture.domain.footsteps.rules import Bots
from services.capture.domain.footsteps.touches import address, source_and_tactic, touch_of
from services.capture.domain.footsteps.verdict import (
    Caller,
    Followed,
    kept_network,
    signs_of,
    signs_of_mail,
    verdict_of,
)
from shared.company_file import CompanyError
from shared.contracts.clicks import ClickTokens
from shared.contracts.intake import Intake
from tests.builders import NOON

BOTS = Bots(user_agents=("prairieline-monitor",), networks=(ip_network("64.235.144.0/20"), ip_network("2001:db8::/32")))
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
ANN, BOB = uuid.UUID(int=1), uuid.UUID(int=2)


def _said(person: uuid.UUID, minute: int) -> Identification:
    return Identification(NOON + timedelta(minutes=minute), uuid.UUID(int=minute), person)


def _read(document: Any, *, partner: bool = False, **over: Any) -> Batch:
    values = {
        "receipt_id": uuid.UUID(int=9), "received_at": NOON, "dialect": "activity", "source": "www", "query": {},
        "headers": {"user-agent": CHROME, "accept-language": "en"}, "key_id": "k1" if partner else None,
    }  # fmt: skip
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    return Reader(BOTS).read(Intake(**(values | over)), body)


# --- whose it is -----------------------------------------------------------------------------------------------------


def test_nobody_owns_the_steps_of_an_unknown_visitor() -> None:
    assert owner([], NOON) is None


def test_what_was_done_before_belongs_to_the_first_who_says_who_they_are() -> None:
    known = [_said(ANN, 10), _said(BOB, 20)]

    assert owner(known, NOON) == (ANN, True)
    assert owner(known, NOON + timedelta(minutes=15)) == (ANN, False)
    assert owner(known, NOON + timedelta(minutes=20)) == (BOB, False)


@given(st.permutations([_said(ANN, 10), _said(BOB, 20), _said(ANN, 30), _said(ANN, 30)]))
def test_who_is_known_does_not_depend_on_the_order_of_learning(learnt: list[Identification]) -> None:
    known: tuple[Identification, ...] = ()
    for one in learnt:
        known = with_more(known, [one])

    assert known == (_said(ANN, 10), _said(BOB, 20), _said(ANN, 30))


# --- what brought them -----------------------------------------------------------------------------------------------


def test_an_address_keeps_the_marks_of_advertisements_and_nothing_else() -> None:
    told = "https://ann:secret@WWW.x.example/a?email=ann%40x.example&gclid=g1&utm_source=a%26b#part"

    assert address(told) == "https://www.x.example/a?gclid=g1&utm_source=a%26b"


@pytest.mark.parametrize("text", ["", "javascript:alert(1)", "//x.example/a", "http://[", 5, None, "ftp://x.example"])
def test_what_is_no_web_address_is_none(text: Any) -> None:
    assert address(text) is None


@pytest.mark.parametrize(
    ("touch", "told"),
    [
        ({"gclid": "1"}, ("google", "paid search")),
        ({"msclkid": "1"}, ("bing", "paid search")),
        ({"li_fat_id": "1"}, ("linkedin", "paid social")),
        ({"utm_source": "newsletter", "utm_medium": "mail", "gclid": "1"}, ("newsletter", "mail")),
        ({"referrer": "https://www.google.co.uk/"}, ("google", "organic search")),
        ({"referrer": "https://notgoogle.example/x"}, ("notgoogle.example", "referral")),
        ({"referrer": "https://m.facebook.com/"}, ("facebook", "social")),
        ({}, (None, None)),
    ],
)
def test_a_touch_stands_for_a_source_and_a_tactic(touch: dict[str, str], told: tuple[str | None, str | None]) -> None:
    assert source_and_tactic(touch) == told


def test_a_link_out_of_a_mail_is_of_the_tactic_email() -> None:
    assert source_and_tactic({}, by_mail=True) == (None, "email")


def test_a_touch_holds_what_belongs_to_one() -> None:
    assert touch_of({"utm_term": " corn  dryer ", "email": "a@b.example", "gclid": 5, "referrer": "x"}) == {
        "utm_term": "corn dryer"
    }


# --- a person or a program -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caller", "verdict", "signs"),
    [
        (Caller(CHROME, "en"), "human", ()),
        (Caller("Mozilla/5.0 (Linux; Android 13; CUBOT P80) Chrome/140.0", "en"), "human", ()),
        (Caller("Mozilla/5.0 (compatible; bingbot/2.0)", "en"), "bot", ("known_bot",)),
        (Caller(CHROME.replace("Chrome", "HeadlessChrome"), "en"), "bot", ("headless",)),
        (Caller("python-requests/2.32", "en"), "bot", ("http_library",)),
        (Caller("Prairieline-Monitor/1", "en"), "bot", ("known_bot",)),
        (Caller(CHROME, "en", marks=("webdriver",)), "bot", ("automation",)),
        (Caller(CHROME, "en", purpose="prefetch;prerender"), "bot", ("prefetch",)),
        (Caller(CHROME, "en", method="HEAD"), "bot", ("head_request",)),
        (Caller(CHROME, "en", address="64.235.150.9"), "bot", ("scanner_network",)),
        (Caller(CHROME, "en", address="2001:db8:7::1"), "bot", ("scanner_network",)),
        (Caller(CHROME, "en", address="no address"), "human", ()),
        (Caller(None, "en"), "suspect", ("no_user_agent",)),
        (Caller(CHROME, None), "suspect", ("no_language",)),
    ],
)
def test_a_request_shows_signs_of_a_program(caller: Caller, verdict: str, signs: tuple[str, ...]) -> None:
    assert signs_of(caller, BOTS) == signs
    assert verdict_of(signs) == verdict


def _followed(link: str, second: float) -> Followed:
    return Followed(uuid.uuid5(ANN, f"{link}{second}"), link, NOON + timedelta(seconds=second), NOON)


def test_one_reader_s_second_click_on_one_link_is_no_scan() -> None:
    twice = [_followed("guide", 60), _followed("guide", 61), _followed("guide", 62)]

    assert set(signs_of_mail(twice, BOTS, frozenset()).values()) == {()}


def test_only_the_hasty_clicks_of_a_mail_are_suspect() -> None:
    scan, later = [_followed(link, 60 + n) for n, link in enumerate("abc")], _followed("a", 4000)

    found = signs_of_mail([*scan, later], BOTS, frozenset())
    assert [found[one.id] for one in scan] == [("links_at_once",)] * 3
    assert found[later.id] == ()


def test_of_an_address_only_the_network_is_kept() -> None:
    assert kept_network("203.0.113.77") == "203.0.113.0/24"
    assert kept_network("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert kept_network("unknown") is None


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_script_s_clock_is_not_believed_only_its_stopwatch() -> None:
    batch = _read({"events": [{"kind": "page", "what": "/a", "at": "2031-01-01T00:00:00Z", "age": 90_000}]})

    assert batch.steps[0].at == NOON - timedelta(seconds=90)


def test_a_partner_s_clock_is_believed_within_reason() -> None:
    rows = [{"kind": "call", "what": "x", "email": "a@b.example", "at": at} for at in ("2026-02-01", "2031-01-01", "?")]
    batch = _read(rows, partner=True)

    assert [step.at.isoformat() for step in batch.steps] == ["2026-02-01T00:00:00+00:00"]
    assert [(one.place, one.problem.split(":")[0]) for one in batch.refused] == [(1, "at"), (2, "at")]


def test_an_email_is_kept_as_a_name_that_tells_nothing() -> None:
    step = _read({"kind": "call", "what": "x", "email": "Ann@B.example"}, partner=True).steps[0]

    assert step.visitor == visitor_of_email("ann@b.example")
    assert "ann" not in str(step.visitor)


def test_nobody_can_pass_for_an_email_or_for_another_s_activity() -> None:
    assert visitor_id(visitor_of_email("ann@b.example")) is None
    one, other = (
        _read({"visitor": who, "events": [{"id": "1", "kind": "page", "what": "/"}]})
        for who in ("v-000001", "v-000002")
    )
    assert one.steps[0].id != other.steps[0].id


def test_the_same_activity_has_the_same_id_whichever_way_it_came() -> None:
    event = {"id": "e-1", "kind": "page", "what": "/"}
    one, other = (_read({"visitor": "v-000001", "events": [event]}, receipt_id=uuid.UUID(int=n)) for n in (1, 2))

    assert one.steps[0].id == other.steps[0].id


_NAMES = st.sampled_from(
    ["events", "visitor", "kind", "what", "url", "age", "first", "marks", "details", "email", "at"]
)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
_DOCUMENTS = st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(_NAMES | st.text(), inner))


@given(_DOCUMENTS, st.booleans())
def test_any_document_is_read_or_refused_and_all_of_it_counted(document: Any, partner: bool) -> None:
    batch = _read(document if _encodes(document) else b"x", partner=partner)

    assert batch.received >= 1
    assert "\x00" not in "".join(f"{step.what}{step.title}{step.details}" for step in batch.steps)


def _encodes(document: Any) -> bool:
    try:
        orjson.dumps(document)
    except (orjson.JSONEncodeError, TypeError):
        return False
    return True


# --- tokens and the file ---------------------------------------------------------------------------------------------


@given(st.uuids(), st.uuids(), st.integers(0, 63), st.integers(1, 255))
def test_a_token_reads_back_and_no_other_does(person: uuid.UUID, piece: uuid.UUID, place: int, change: int) -> None:
    tokens = ClickTokens("a secret")
    token = tokens.make(person, piece, NOON)
    altered = token[:place] + chr((ord(token[place]) + change) % 128) + token[place + 1 :]

    assert tokens.read(token) == (person, piece, NOON)
    assert ClickTokens("another").read(token) is None
    assert altered == token or tokens.read(altered) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bots": {"networks": ["64.235.0.0/40"]}}, "footsteps.yml: bots.networks"),
        ({"bots": {"user_agents": ["bo"]}}, "too short"),
        ({"bots": {"links_at_once": 1}}, "two links at least"),
        ({"bots": {"network": []}}, "did you mean 'networks'"),
        ({"downloads": {"a": {"title": "A", "trap": "yes"}}}, "downloads.a.trap"),
        ({"downloads": {"a": {"target": "https://x.example"}}}, "downloads.a.title"),
        ({"calculators": {"roi": 5}}, "calculators.roi"),
        ({"site": {}}, "did you mean 'sites'"),
    ],
)
def test_a_mistake_in_the_file_is_named(change: dict[str, Any], words: str) -> None:
    with pytest.raises(CompanyError, match=words):
        company_footsteps.parse(change)
