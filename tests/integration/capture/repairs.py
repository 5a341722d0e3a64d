"""Hands at the front desk: an operator who repairs, and one who performs what is planned for platforms."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.capture.present import Present
from services.capture.usecases import inspecting, pulling, repairing
from shared.contracts.calls import (
    InspectReply,
    JunkRequest,
    QuarantineReply,
    QuarantineRequest,
    ReleaseManyRequest,
    ReleaseReply,
    ReleaseRequest,
    ReleaseRunReply,
)
from shared.database.plumbing import EFFECT
from shared.room import RawInquiry
from shared.work import effects
from tests.integration.capture.desk import COMPANY, FrontDesk, desk_on, raw
from tests.integration.capture.platform_server import TOKEN, Platform

BY = "Olga (ops)"


class Operator:
    """Repairs at a desk, each call in a transaction of its own."""

    def __init__(self, desk: FrontDesk, folder: Path = COMPANY) -> None:
        self.desk = desk
        self.present = Present(folder)

    def release(self, inquiry_id: UUID, *, trusted: bool = False, by: str = BY, **corrections: str) -> ReleaseReply:
        said = {name.replace("__", "."): value for name, value in corrections.items()}
        request = ReleaseRequest(inquiry_id=inquiry_id, by=by, corrections=said, trusted=trusted)
        with self.desk.uow.begin() as tx:
            return repairing.release(tx, request, self.present.company(tx))

    def junk(self, inquiry_id: UUID, junk: bool = True) -> ReleaseReply:
        with self.desk.uow.begin() as tx:
            return repairing.junk(tx, JunkRequest(inquiry_id=inquiry_id, by=BY, junk=junk))

    def release_many(self, **asked: Any) -> ReleaseRunReply:
        with self.desk.uow.begin() as tx:
            return repairing.release_many(tx, ReleaseManyRequest(by=BY, **asked), self.present.company(tx))

    def inspect(self, inquiry_id: UUID) -> InspectReply:
        with self.desk.uow.begin() as tx:
            return inspecting.inspect(tx, inquiry_id, self.present.company(tx))

    def page(self, **asked: Any) -> QuarantineReply:
        with self.desk.uow.begin() as tx:
            return inspecting.quarantine(tx, QuarantineRequest(**asked))


@dataclass
class PullingDesk(FrontDesk):
    """A front desk whose acts are performed by hand."""

    folder: Path = COMPANY

    def perform(self) -> list[str]:
        """Performs what is planned for now, once each. Returns the kinds."""
        claimed = effects.claim_planned(self.uow, self.room, 500)
        results = [(one, effects.perform(self.room, one)) for one in claimed]
        effects.settle(self.uow, self.room, results)
        return sorted(one.kind for one in claimed)

    def perform_until_settled(self, hours: int = 40) -> None:
        """Performs, hour by hour, until nothing is planned."""
        for _ in range(hours * 4):
            self.perform()
            if not [row for row in self.rows(EFFECT) if row["state"] == "planned"]:
                return
            self.clock.forward(minutes=15)

    def reconcile(self) -> None:
        """Lists what the platforms have now; takes in what was never announced, but fetches nothing yet."""
        with self.uow.begin() as tx:
            assert self.room.begin is not None
            self.room.begin(tx)
        self.run_due()
        claimed = effects.claim_planned(self.uow, self.room, 10, pulling.RECONCILE)
        effects.settle(self.uow, self.room, [(one, effects.perform(self.room, one)) for one in claimed])

    def effect_states(self, kind: str = "pull") -> list[str]:
        return [row["state"] for row in self.rows(EFFECT) if row["kind"] == kind]


def pulling_desk(url: str, platform: Platform, folder: Path, monkeypatch: pytest.MonkeyPatch) -> PullingDesk:
    """The front desk of the example company whose accounts are at `platform`; its files are a copy in `folder`."""
    company = folder / "company"
    shutil.copytree(COMPANY, company)
    text = (company / "platforms.yml").read_text()
    for real in ("https://graph.facebook.com", "https://api.linkedin.com"):
        text = text.replace(real, platform.url)
    (company / "platforms.yml").write_text(text)
    for name in ("LEADBUS_META_TOKEN", "LEADBUS_LINKEDIN_TOKEN"):
        monkeypatch.setenv(name, TOKEN)
    played = desk_on(url, company)
    return PullingDesk(played.room, played.engine, folder=company)


def announced(body: bytes, **over: Any) -> RawInquiry:
    """A notice of Meta."""
    return raw(body, dialect="meta", source="meta-mowers", content_type="application/json", **over)


def of_linkedin(body: bytes, **over: Any) -> RawInquiry:
    """A notice of LinkedIn."""
    return raw(body, dialect="linkedin", source="linkedin-municipal", content_type="application/json", **over)
