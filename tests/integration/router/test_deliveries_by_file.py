"""Leads as files: CSV on a real SFTP server and as a digest by email, by the hour or the day."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from deploy.demo.sftp import SftpServer
from services.router.models import DeliveryChannel, DeliveryRow
from services.router.usecases.answering import Desk
from shared.contracts import capture
from shared.contracts import router as published
from shared.database.plumbing import EFFECT
from tests.builders import NOON
from tests.integration.router.receivers import MailServer, perform
from tests.integration.router.told import lead_in, press, qualified, token
from tests.played_room import PlayedRoom

DIGEST = """
- csv: mailto:office@hawkeye-implement.example
  every: day
  columns: {who: contact.name, phone: contact.phone, said: interest.message}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpServer]:
    (tmp_path / "files" / "in").mkdir(parents=True)
    running = SftpServer(tmp_path / "files").start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEALER_SECRET", "not a real password")


def by_sftp(server: SftpServer, host_key: str = "") -> str:
    return f"""
- csv: sftp://leads@127.0.0.1:{server.port}/in
  host_key: {host_key or server.host_key}
  secret: {{env: DEALER_SECRET}}
"""


def hand_over(router: PlayedRoom, **over: Any) -> Any:
    lead = lead_in("50010", products=["grain-dryer"], **over)
    router.hear(lead, qualified(lead))
    perform(router)
    return lead


def next_hour(router: PlayedRoom) -> None:
    router.clock.forward(hours=1)
    router.run_due()
    perform(router)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_leads_of_an_hour_go_in_one_file(delivering_by: Callable[[str], PlayedRoom], server: SftpServer) -> None:
    router = delivering_by(by_sftp(server))
    leads = [hand_over(router), hand_over(router)]
    assert list((server.folder / "in").iterdir()) == []
    assert {row["state"] for row in router.rows(DeliveryRow)} == {"waiting"}

    next_hour(router)
    (file,) = (server.folder / "in").iterdir()
    assert file.name == "leads-20260302T130000.csv"
    assert {row["lead_id"] for row in read(file.read_bytes())} == {str(lead.lead_id) for lead in leads}
    assert {row["state"] for row in router.rows(DeliveryRow)} == {"delivered"}
    assert [event.delivery for event in router.published(published.LeadDelivered)] == ["csv", "csv"]


def test_a_key_opens_as_well_as_a_password(
    delivering_by: Callable[[str], PlayedRoom], server: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Ed25519PrivateKey.generate()
    server.password, server.authorized = (
        "",
        key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode(),
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    monkeypatch.setenv("DEALER_SECRET", pem)
    router = delivering_by(by_sftp(server))
    hand_over(router)
    next_hour(router)

    assert len(list((server.folder / "in").iterdir())) == 1


def test_a_file_that_is_sent_again_replaces_itself_and_no_half_file_has_the_name(
    delivering_by: Callable[[str], PlayedRoom], server: SftpServer
) -> None:
    router = delivering_by(by_sftp(server))
    hand_over(router)
    router.clock.forward(hours=1)
    router.run_due()
    (effect,) = [one for one in router.rows(EFFECT) if one["kind"] == "owner_csv"]
    act = router.room.effects["owner_csv"].act
    outcomes = [act(effect["key"], effect["payload"]) for _ in range(2)]

    assert len(outcomes) == 2
    assert [file.name for file in (server.folder / "in").iterdir()] == ["leads-20260302T130000.csv"]


def test_another_server_under_the_address_gets_nothing_and_the_leads_go_by_email(
    delivering_by: Callable[[str], PlayedRoom], server: SftpServer, tmp_path: Path, mail: MailServer
) -> None:
    other = SftpServer(tmp_path / "files").start()
    router = delivering_by(by_sftp(server, other.host_key))
    other.stop()
    hand_over(router)
    next_hour(router)
    perform(router)

    assert list((server.folder / "in").iterdir()) == []
    assert "the server's key is another one" in router.rows(DeliveryChannel)[0]["because"]
    assert len(mail.to("sales@hawkeye-implement.example")) == 1


def test_a_server_that_is_away_is_tried_again(delivering_by: Callable[[str], PlayedRoom], server: SftpServer) -> None:
    router = delivering_by(by_sftp(server))
    hand_over(router)
    server.stop()
    next_hour(router)
    (row,) = router.rows(DeliveryRow)
    assert (row["state"], row["attempts"]) == ("planned", 1)

    assert "ConnectionRefusedError" in row["answer"]
    server.start()
    router.clock.forward(minutes=1)
    perform(router)
    assert [one["state"] for one in router.rows(DeliveryRow)] == ["delivered"]


def test_a_wrong_password_is_told(
    delivering_by: Callable[[str], PlayedRoom], server: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEALER_SECRET", "wrong")
    router = delivering_by(by_sftp(server))
    hand_over(router)
    next_hour(router)

    assert router.rows(DeliveryChannel)[0]["because"] == "the server does not accept our key or password"


def test_a_day_goes_by_email_in_the_owners_morning(
    delivering_by: Callable[[str], PlayedRoom], mail: MailServer
) -> None:
    router = delivering_by(DIGEST)
    hand_over(router, message='=HYPERLINK("http://evil.example")')
    hand_over(router, message="Please, call")
    router.clock.moment = datetime(2026, 3, 3, 11, 59, tzinfo=UTC)
    router.run_due()
    perform(router)
    assert mail.received == []

    router.clock.forward(minutes=1)  # six in the morning in Iowa
    router.run_due()
    perform(router)
    (message,) = mail.to("office@hawkeye-implement.example")
    assert message["Subject"] == "2 leads for Hawkeye Implement"
    (attached,) = message.iter_attachments()
    rows = read(attached.get_payload(decode=True))  # type: ignore[arg-type]
    assert sorted(row["said"] for row in rows) == ['\'=HYPERLINK("http://evil.example")', "Please, call"]
    assert {row["phone"] for row in rows} == {"+15155550142"}


def test_a_file_that_was_sent_is_not_kept(delivering_by: Callable[[str], PlayedRoom], mail: MailServer) -> None:
    router = delivering_by(DIGEST)
    hand_over(router)
    router.clock.forward(days=1)
    router.run_due()
    perform(router)

    (sent,) = [row for row in router.rows(EFFECT) if row["kind"] == "owner_digest"]
    assert (sent["state"], "Ann Lee" in str(sent["payload"])) == ("done", False)
    assert [row["payload"] for row in router.rows(DeliveryRow)] == [None]


def test_who_is_erased_leaves_the_file_and_the_others_still_go(
    delivering_by: Callable[[str], PlayedRoom], mail: MailServer
) -> None:
    router = delivering_by(DIGEST)
    gone, stays = hand_over(router, message="forget me"), hand_over(router, message="call me")
    router.clock.forward(days=1)
    router.run_due()
    router.hear(erased(gone))
    states = {row["lead_id"]: row["state"] for row in router.rows(DeliveryRow) if row["way"] == "digest"}
    assert states == {gone.lead_id: "erased", stays.lead_id: "waiting"}

    router.clock.forward(minutes=2)
    router.run_due()
    perform(router)
    (message,) = mail.to("office@hawkeye-implement.example")
    (attached,) = message.iter_attachments()
    assert [row["said"] for row in read(attached.get_payload(decode=True))] == ["call me"]  # type: ignore[arg-type]
    assert "forget me" not in str(router.rows(EFFECT)) + str(router.rows(DeliveryRow))


def erased(lead: Any) -> capture.PersonErased:
    """The front desk says: everything of this person is to go."""
    return capture.PersonErased(
        erasure_id=uuid4(),
        person_ids=[lead.person_id],
        lead_ids=[lead.lead_id],
        inquiry_ids=[lead.response.inquiry_id],
        erased_at=NOON,
    )


def test_a_lead_that_went_to_somebody_else_meanwhile_is_not_in_the_file(
    delivering_by: Callable[[str], PlayedRoom], mail: MailServer, desk: Desk
) -> None:
    router = delivering_by(DIGEST)
    given_on, kept = hand_over(router, message="too far"), hand_over(router, message="call me")
    press(router, desk, token(router, desk, given_on.lead_id, "decline"), reason="too far")
    router.clock.forward(days=1)
    router.run_due()
    perform(router)

    (message,) = mail.to("office@hawkeye-implement.example")
    (attached,) = message.iter_attachments()
    assert [row["said"] for row in read(attached.get_payload(decode=True))] == ["call me"]  # type: ignore[arg-type]
    states = {row["lead_id"]: row["state"] for row in router.rows(DeliveryRow) if row["way"] == "digest"}
    assert states == {given_on.lead_id: "withdrawn", kept.lead_id: "delivered"}
