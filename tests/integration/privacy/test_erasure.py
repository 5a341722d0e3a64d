"""One person goes through all rooms and is erased: no word of theirs is left in any table of any database."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.integration.privacy.house import ANN, TRACES, House

BOB = {**ANN, "first_name": "Bob", "last_name": "Anders", "email": "bob@anders.example", "phone": "+1 515 555 0142",
       "company": "Anders Farm", "street": "1 Main St", "message": "Call me", "need": "it broke", "job_title": "owner",
       "gclid": "bobclick"}  # fmt: skip
ROOMS = ("capture", "qualify", "router", "nurture", "fulfillment", "analytics")


def live_through_everything(house: House) -> None:
    """Ann inquires by several ways, is scored, routed, written to, nurtured; Bob beside her."""
    house.inquires()
    house.inquires(BOB)
    house.settle_down()
    house.inquires(message="Noch einmal: der Trockner brummelt", product="feed-mixer")
    house.inquires({**ANN, "timing": "later", "budget": "0"}, message="brummelt immer noch")
    house.fills_form({"your-email": ANN["email"], "website": "http://spam.example"}, headers={"user-agent": "Mozilla/Quandt"})
    house.sends_list(
        [
            "First Name,Last Name,Email,Phone,City,State,Zip,Notes",
            f'Carl,Ames,carl@ames.example,515-555-0111,Ames,IA,50010,"likes, commas"',
            f'Annelore,Quandtberg,{ANN["email"]},515-555-0187,Ames,IA,50010,"Zwetschgen,\nand brummel"',
            "Dora,Dale,dora@dale.example,515-555-0112,Ames,IA,50010,none",
        ]
    )
    house.settle_down()


def test_nothing_of_an_erased_person_is_left_anywhere(house: House, letters: Path) -> None:
    live_through_everything(house)
    before = house.traces(letters)
    assert {place.partition(".")[0] for place in before} >= set(ROOMS)

    erased = house.erase(house.person_id())
    house.settle_down()

    assert house.traces(letters) == {}
    certificate = house.certificate(erased.erasure_id)
    assert certificate.state == "complete"
    assert [room.room for room in certificate.rooms if room.removed] == list(ROOMS)
    assert {passed.to for passed in certificate.passed_on}


def test_other_people_keep_every_byte(house: House, letters: Path) -> None:
    live_through_everything(house)
    words = ("bob@anders.example", "carl@ames.example", "likes, commas", "dora@dale.example", "1 main st")
    before = house.traces(letters, words)

    house.erase(house.person_id())
    house.settle_down()

    assert house.traces(letters, words) == before
