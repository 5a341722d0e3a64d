"""Letters with enclosures: whole, once, and fit for the press."""

import hashlib
from pathlib import Path

import pytest

from services.fulfillment.channels import print as printing
from services.fulfillment.models import Piece
from shared.contracts.capture import PersonUpdated
from shared.contracts.fulfillment import PieceFailed, PieceSent, PrintJobSent
from shared.contracts.people import Address
from shared.work import effects
from tests.builders import NOON, address, lead_registered, person, response
from tests.integration.fulfillment.conftest import House
from tests.integration.fulfillment.printed import PrintJob, fonts_not_embedded, open_letter, words
from tests.integration.fulfillment.sink import MailSink
from tests.integration.fulfillment.told import assigned, consent, scored
from tests.unit.fulfillment.builders import LINKS


def hot(house: House, **over: object) -> PrintJob:
    """A hot lead with a dealer, its letter dropped."""
    lead = lead_registered(**over)
    house.hear(lead, scored(lead, "hot", "qualified"), assigned(lead))
    house.send()
    (job,) = house.jobs()
    return PrintJob.read(job)


def test_letter_names_addressee_owner_and_enclosures(house: House) -> None:
    job = hot(house)

    text = words(open_letter(job.pdf))
    for expected in ("Ann Lee", "1200 Prairie Road", "Ames, IA 50010", "Dear Ann Lee,", "Heartland Ag & Turf",
                     "+16415550188", "The Prairie Line catalogue", "dry on your own schedule"):  # fmt: skip
        assert expected.replace(" ", "") in text, expected


def test_letter_is_one_page_with_every_font_embedded(house: House) -> None:
    letter = open_letter(hot(house).pdf)

    assert len(letter.pages) == 1
    assert fonts_not_embedded(letter) == []


@pytest.mark.parametrize(("country", "size"), [("US", (612, 792)), ("DE", (595, 842))])
def test_paper_fits_the_country(house: House, country: str, size: tuple[int, int]) -> None:
    home = address(country=country, state="IA" if country == "US" else None)

    job = hot(house, person=person(address=home))

    with open_letter(job.pdf) as letter:
        box = [round(float(edge)) for edge in letter.pages[0].mediabox]
    assert box == [0, 0, *size]


def test_letter_carries_a_personal_address_as_code_and_in_writing(house: House) -> None:
    job = hot(house)

    (piece,) = [row for row in house.rows(Piece) if row["channel"] == "post"]
    url = LINKS.response_url(piece["piece_id"])
    assert url in words(open_letter(job.pdf))
    assert LINKS.read_response(url.rsplit("/", 1)[1]) == piece["piece_id"]


def test_manifest_says_what_must_come_out(house: House) -> None:
    job = hot(house)

    assert job.manifest["letter"]["sha256"] == hashlib.sha256(job.pdf).hexdigest()
    assert job.manifest["letter"]["pages"] == len(open_letter(job.pdf).pages)
    assert job.manifest["recipient"]["lines"] == ["Ann Lee", "Lee Farms", "1200 Prairie Road", "Ames, IA 50010"]
    assert [line["sku"] for line in job.manifest["pick"]] == ["PL-1000", "PL-4301", "PL-1020"]
    assert all(line["quantity"] == 1 for line in job.manifest["pick"])


def test_job_ticket_agrees_with_the_manifest(house: House) -> None:
    job = hot(house)

    (root,) = job.find("/x:XJDF")
    assert root.get("JobID") == job.manifest["job_id"]
    assert [node.get("URL") for node in job.find("//x:RunList/x:FileSpec")] == ["letter.pdf"]
    assert job.find("//x:RunList")[0].get("NPage") == str(job.manifest["letter"]["pages"])
    assert [node.get("ExternalID") for node in job.find("//x:Product[@ProductType='Brochure']")] == [
        line["sku"] for line in job.manifest["pick"]
    ]
    assert [node.text for node in job.find("//x:ExtendedAddress")] == job.manifest["recipient"]["lines"]


def test_dropped_job_is_told_with_its_number_and_pages(house: House) -> None:
    job = hot(house)

    (sent,) = house.published(PrintJobSent)
    assert (sent.job_id, sent.pages, sent.sent_at) == (job.manifest["job_id"], 1, NOON)
    assert sent.items == ["full-catalogue", "grain-dryer-brochure", "finance-sheet"]
    assert {event.channel for event in house.published(PieceSent)} == {"email"}
    assert house.states()["catalogue-letter"] == "sent"


def test_process_that_dies_after_the_drop_does_not_drop_twice(house: House) -> None:
    lead = lead_registered()
    house.hear(lead, scored(lead, "hot", "qualified"), assigned(lead))
    for claimed in house.claim():
        effects.perform(house.room, claimed)  # and here the process dies, before the record
    (job,) = house.jobs()
    before = (job.read_bytes(), job.stat().st_mtime_ns)

    house.expire()
    house.clock.forward(seconds=6)
    house.send()

    assert house.jobs() == [job]
    assert (job.read_bytes(), job.stat().st_mtime_ns) == before
    assert house.states()["catalogue-letter"] == "sent"


def test_job_that_the_house_took_away_meanwhile_is_not_dropped_again(house: House) -> None:
    lead = lead_registered()
    house.hear(lead, scored(lead, "hot", "qualified"), assigned(lead))
    for claimed in house.claim():
        effects.perform(house.room, claimed)
    house.jobs()[0].unlink()

    house.expire()
    house.clock.forward(seconds=6)
    house.send()

    assert house.jobs() == []
    assert house.states()["catalogue-letter"] == "sent"


def test_drop_that_breaks_off_leaves_nothing_that_looks_like_a_job(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = lead_registered()
    house.hear(lead, scored(lead, "hot", "qualified"), assigned(lead))

    def disk_is_full(path: Path, content: bytes) -> None:
        path.write_bytes(content[:100])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(printing, "_write", disk_is_full)
        house.send()
    assert [path.name for path in house.folder.iterdir()] == [".dropped"]

    house.clock.forward(seconds=6)
    house.send()

    assert PrintJob.read(house.jobs()[0]).manifest["piece"] == "catalogue-letter"


def test_address_that_became_unmailable_gets_no_letter(house: House) -> None:
    lead = lead_registered()
    house.hear(lead, scored(lead, "hot", "qualified"), assigned(lead))
    gone = person(person_id=lead.person_id, address=Address(lines=[], mailable=False))
    house.hear(PersonUpdated(person_id=lead.person_id, person=gone, revision=1))
    house.send()

    assert house.jobs() == []
    assert [event.piece for event in house.published(PieceFailed)] == ["catalogue-letter"]


def test_who_refused_post_gets_email_only(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(consent(lead, False, NOON, channel="post"))
    house.hear(lead, scored(lead, "hot", "qualified"), assigned(lead))
    house.send()

    assert house.jobs() == []
    assert house.states() == {"acknowledgement": "sent", "literature": "sent", "catalogue-letter": "suppressed"}


def test_letter_fetches_nothing_that_a_name_or_company_may_point_to(house: House, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    hostile = f'<img src="file://{secret}"><iframe src="http://127.0.0.1:9/x"></iframe>'

    job = hot(house, person=person(company=hostile), response=response())

    assert "thesecret" not in words(open_letter(job.pdf))
