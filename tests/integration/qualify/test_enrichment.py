"""What is found out about a person counts below what they said, is asked for once, and never keeps a lead waiting."""

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.qualify import service
from services.qualify.company_enrichment import load_enrichment
from services.qualify.enrichment.http import HttpProvider
from services.qualify.measuring import measuring_of
from services.qualify.models import EnrichmentAnswer, Profile
from services.qualify.usecases import explaining
from shared.contracts.enrichment import ProfileEnriched
from shared.contracts.qualify import LeadQualified, LeadScored
from shared.database.plumbing import EFFECT
from shared.room import Done, GiveUp, Outcome, TryAgain
from shared.work.effects import claim_planned, perform, settle
from tests.builders import NOON, address, enveloped, lead_registered, person, response
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.told import READY, responded, updated
from tests.played_room import PlayedRoom

ANSWER = b'{"name": "Hawkeye Grain Co.", "staff": {"count": 120}, "trade": {"code": "crop"}}'


class Service:
    """The register of firms, as it is told to answer."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.outcome: Outcome = Done("found", ANSWER)

    def ask(self, provider: HttpProvider, question: str) -> Outcome:
        self.asked.append(question)
        return self.outcome


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Service:
    """In place of the network."""
    register = Service()
    monkeypatch.setattr(HttpProvider, "ask", lambda provider, question: register.ask(provider, question))
    return register


@pytest.fixture
def asking(room_database: Callable[[str], str], tmp_path: Path, register: Service) -> Iterator[PlayedRoom]:
    """The room of a company that asks a register of firms."""
    folder = tmp_path / "company"
    shutil.copytree(COMPANY, folder)
    file = yaml.safe_load((folder / "enrichment.yml").read_text())
    file["providers"][-1] |= {"enabled": True, "headers": {}}
    (folder / "enrichment.yml").write_text(yaml.safe_dump(file))
    played = PlayedRoom.on(room_database("qualify"), service.room(folder))
    yield played
    played.engine.dispose()


def perform_all(room: PlayedRoom) -> None:
    """Performs what is planned."""
    while claimed := claim_planned(room.uow, room.room, 10):
        settle(room.uow, room.room, [(each, perform(room.room, each)) for each in claimed])


def facts(room: PlayedRoom) -> dict[str, Any]:
    [profile] = room.rows(Profile)
    return {name: fact["value"] for name, fact in profile["facts"].items()}


@pytest.mark.requirement("ENR-2")
def test_lists_are_part_of_the_first_score(qualification: PlayedRoom) -> None:
    qualification.hear(lead_registered(person=person(email="ann@gmail.com"), response=response(answers=READY)))

    known = facts(qualification)
    assert (known["email_domain_kind"], known["phone_region"]) == ("free", "US")
    assert (known["county"], known["time_zone"]) == ("Story County", "America/Chicago")
    assert len(qualification.published(LeadScored)) == 1
    assert qualification.rows(EFFECT) == []


@pytest.mark.requirement("ENR-1")
def test_what_the_front_desk_takes_over_changes_nothing_of_the_first_score(qualification: PlayedRoom) -> None:
    guest = person(email="ann@lee-farms.com", company=None, website=None)
    lead = lead_registered(person=guest, response=response(answers=READY))
    qualification.hear(lead)
    first = facts(qualification)
    taken_over = replace(guest, company="Lee Farms", website="https://lee-farms.com")
    # Long enough for points to have faded: an assessment now would have something to tell.
    qualification.clock.forward(days=9)
    qualification.hear(updated(lead, 2, taken_over))

    assert first["has_company"] == "yes"
    assert facts(qualification) == first
    assert len(qualification.published(LeadScored)) == 1
    [profile] = qualification.rows(Profile)
    assert profile["revision"] == 2


def test_a_change_that_rules_may_read_is_looked_at(qualification: PlayedRoom) -> None:
    lead = lead_registered(person=person(phone=None), response=response(answers=READY))
    qualification.hear(lead)
    qualification.hear(updated(lead, 2, person(person_id=lead.person_id)))

    first, second = ({line.rule for line in score.lines} for score in qualification.published(LeadScored))
    assert second - first == {"phone"}


@pytest.mark.requirement("ENR-4")
def test_the_front_desk_is_told_what_it_lacks_with_where_it_is_from(qualification: PlayedRoom) -> None:
    qualification.hear(lead_registered(person=person(email="ann@lee-farms.com", company=None, website=None)))

    [told] = qualification.published(ProfileEnriched)
    assert {(each.field, each.value, each.provider, each.kind) for each in told.values} == {
        ("company", "Lee Farms", "mail-domain", "inferred"),
        ("website", "https://lee-farms.com", "mail-domain", "inferred"),
    }


def test_what_the_front_desk_knows_it_is_not_told(qualification: PlayedRoom) -> None:
    known = person(email="ann@lee-farms.com", company="Lee & Sons", website="https://lee.example")
    qualification.hear(lead_registered(person=known))

    assert qualification.published(ProfileEnriched) == []


def test_a_lead_does_not_wait_for_an_answer(asking: PlayedRoom, register: Service) -> None:
    asking.hear(lead_registered(person=person(email="ann@hawkeye.example"), response=response(answers=READY)))

    assert len(asking.published(LeadQualified)) == 1
    assert register.asked == []


def test_an_answer_scores_the_lead_anew_and_tells_the_front_desk(asking: PlayedRoom) -> None:
    lead = lead_registered(person=person(email="ann@hawkeye.example", company=None), response=response(answers={}))
    asking.hear(lead)
    before = asking.published(LeadScored)[-1].score
    perform_all(asking)

    known = facts(asking)
    assert (known["employees"], known["industry"]) == ("120", "crop")
    assert asking.rows(Profile)[0]["facts"]["employees"]["via"] == "firm-register"
    assert asking.published(LeadScored)[-1].score > before
    told = {(each.field, each.value, each.kind) for event in asking.published(ProfileEnriched) for each in event.values}
    assert ("company", "Hawkeye Grain Co.", "overlaid") in told


def test_what_the_person_said_stands_above_what_was_found(asking: PlayedRoom) -> None:
    lead = lead_registered(person=person(email="ann@hawkeye.example"), response=response(answers={"employees": "3"}))
    asking.hear(lead)
    perform_all(asking)

    assert facts(asking)["employees"] == "3"


def test_a_firm_is_asked_for_once_while_its_answer_holds(asking: PlayedRoom, register: Service) -> None:
    asking.hear(lead_registered(person=person(email="ann@hawkeye.example")))
    perform_all(asking)
    asking.hear(lead_registered(person=person(email="bob@hawkeye.example")))
    perform_all(asking)

    assert register.asked == ["hawkeye.example"]
    assert {profile["facts"]["employees"]["value"] for profile in asking.rows(Profile)} == {"120"}
    asking.clock.forward(days=91)
    asking.hear(lead_registered(person=person(email="cy@hawkeye.example")))
    perform_all(asking)
    assert register.asked == ["hawkeye.example"] * 2


@pytest.mark.requirement("ENR-4")
def test_a_question_about_an_earlier_day_is_answered_with_what_was_found_then(
    asking: PlayedRoom, register: Service
) -> None:
    lead = lead_registered(person=person(email="ann@hawkeye.example"), response=response(answers={}))
    asking.hear(lead)
    perform_all(asking)
    first, at = asking.published(LeadScored)[-1], asking.clock.now()
    register.outcome = Done("found", b'{"trade": {"code": "student"}}')
    asking.clock.forward(days=91)
    asking.hear(responded(lead, received_at=asking.clock.now(), answers={}))
    perform_all(asking)

    with asking.uow.begin() as tx:
        then = explaining.explained(tx, lead.lead_id, at, measuring_of(COMPANY)(tx))
    assert then is not None
    assert (then.score, [line.rule for line in then.lines]) == (first.score, [line.rule for line in first.lines])
    assert asking.published(LeadScored)[-1].rank == "unqualified"
    assert "employees" not in facts(asking)


def test_that_nothing_is_known_is_kept_for_a_shorter_time(asking: PlayedRoom, register: Service) -> None:
    register.outcome = Done("nothing known")
    asking.hear(lead_registered(person=person(email="ann@hawkeye.example")))
    perform_all(asking)

    [kept] = asking.rows(EnrichmentAnswer)
    assert (kept["content"], kept["expires_at"] - kept["answered_at"]) == (b"", timedelta(days=7))


@pytest.mark.parametrize("outcome", [GiveUp("status 401"), TryAgain("status 503", 60)])
def test_without_an_answer_the_lead_stays_as_it_was(asking: PlayedRoom, register: Service, outcome: Outcome) -> None:
    register.outcome = outcome
    asking.hear(lead_registered(person=person(email="ann@hawkeye.example"), response=response(answers=READY)))
    before = asking.rows(Profile)
    perform_all(asking)

    assert asking.rows(Profile) == before
    assert asking.rows(EnrichmentAnswer) == []


def test_a_person_is_no_part_of_what_is_kept_of_a_firm(asking: PlayedRoom) -> None:
    asking.hear(lead_registered(person=person(email="ann@hawkeye.example")))
    perform_all(asking)

    [kept] = asking.rows(EnrichmentAnswer)
    assert "ann" not in str(kept)


@pytest.mark.parametrize("seed", range(3))
def test_in_any_order_and_twice_the_same_is_known(asking: PlayedRoom, seed: int) -> None:
    first = person(email="ann@gmail.com", address=address(postcode="10001", state="NY"))
    lead = lead_registered(person=first, response=response(answers={}))
    moved = person(person_id=first.person_id, email="ann@hawkeye.example")
    told = [
        enveloped(lead, time=NOON),
        enveloped(responded(lead, received_at=NOON + timedelta(hours=1), answers={}), time=NOON + timedelta(hours=1)),
        enveloped(updated(lead, 1, moved), time=NOON + timedelta(hours=2)),
    ]
    shuffled = [*told, *told]
    random.Random(seed).shuffle(shuffled)
    for each in shuffled:
        asking.hear_all([each])
        perform_all(asking)

    known = facts(asking)
    assert (known["email_domain_kind"], known["county"]) == ("business", "Story County")


def test_the_example_company_asks_nobody() -> None:
    company = load_enrichment(COMPANY)

    assert list(company.instant) == ["mail-domain", "telephone", "zip-codes"]
    assert company.asking == {}
