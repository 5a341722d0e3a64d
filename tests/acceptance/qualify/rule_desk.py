"""Qualification with a folder of rules that a test may change, and the calls by which people approve and publish."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.qualify import service
from services.qualify.rulebooks import PublishedBook, RuleBooks, books_of, digest_of
from services.qualify.usecases import rule_views, rules
from shared.contracts import calls
from shared.contracts.capture import LeadRegistered
from shared.database.unit_of_work import Transaction
from tests.builders import lead_registered, person, response
from tests.played_room import PlayedRoom


@dataclass
class RuleDesk:
    """One room, its folder, and what people do to its rules."""

    room: PlayedRoom
    folder: Path

    @classmethod
    def on(cls, url: str, folder: Path, text: str) -> "RuleDesk":
        """A room at its very first start, with this text in its folder."""
        (folder / "rules.yml").write_text(text)
        return cls(PlayedRoom.on(url, service.room(folder)).start(), folder)

    @property
    def books(self) -> RuleBooks:
        """The books of this folder."""
        return books_of(self.folder)

    def book(self) -> PublishedBook:
        """The book as it stands."""
        with self._tx() as tx:
            return self.books.live(tx.session)

    @property
    def text(self) -> str:
        """What lies in the folder."""
        return (self.folder / "rules.yml").read_text()

    def write(self, old: str, new: str) -> str:
        """Changes the file; its digest afterwards."""
        assert old in self.text
        (self.folder / "rules.yml").write_text(self.text.replace(old, new, 1))
        return digest_of(self.text)

    def shown(self) -> calls.RulesReply:
        """What the page shows."""
        with self._tx() as tx:
            return rule_views.shown(tx, calls.RulesRequest(), books=self.books)

    def approve(self, party: str, digest: str | None = None, by: str | None = None, text: str | None = None) -> None:
        """One party agrees to what lies in the folder."""
        request: Any = calls.ApproveRulesRequest(
            digest=digest or digest_of(self.text),
            party=party,
            by=by or f"{party}'s head",
            text=text,  # type: ignore[arg-type]
        )
        with self._tx() as tx:
            rules.approve(tx, request, books=self.books)

    def publish(self, share: int = 100, digest: str | None = None) -> None:
        """A share comes under what lies in the folder."""
        request = calls.PublishRulesRequest(digest=digest or digest_of(self.text), share=share, by="the office")
        with self._tx() as tx:
            rules.publish(tx, request, books=self.books)

    def agree_and_publish(self, share: int = 100) -> None:
        """Both approve, somebody publishes, and the open leads are assessed anew."""
        self.approve("marketing")
        self.approve("sales")
        self.publish(share)
        self.settle()

    def revert(self, number: int | None = None) -> None:
        """Back to what stood before."""
        with self._tx() as tx:
            rules.revert(tx, calls.RevertRulesRequest(number=number, by="the office"), books=self.books)

    def settle(self) -> None:
        """Until every open lead was assessed anew."""
        for _ in range(1000):
            self.room.run_due()
            run = self.shown().reassessment
            if run is None or run.ended_at is not None:
                return
            self.room.clock.forward(seconds=1)
        raise AssertionError("the open leads are still being assessed")

    @contextmanager
    def _tx(self) -> Iterator[Transaction]:
        with self.room.uow.begin() as tx:
            yield tx


def leads(number: int, seed: int = 1) -> list[LeadRegistered]:
    """Leads of every kind: with their ids, the same for a seed."""
    chance = random.Random(seed)
    return [lead(chance) for _ in range(number)]


def lead(chance: random.Random) -> LeadRegistered:
    """One lead, as forms bring them."""
    drawn = {
        "role": chance.choice(["owner", "manager", "employee", ""]),
        "budget": chance.choice(["60000", "9000", "1500", ""]),
        "timing": chance.choice(["now", "3m", "6m", "12m", "none", ""]),
        "interest": chance.choice(["literature", "quote", "demo"]),
        "acres": chance.choice(["900", "200", ""]),
        "industry": chance.choice(["crop", "landscaping", "student", "other"]),
        "need": chance.choice(["dry corn", ""]),
    }
    return lead_registered(
        lead_id=uuid.UUID(int=chance.getrandbits(128), version=4),
        person=person(person_id=uuid.UUID(int=chance.getrandbits(128), version=4)),
        response=response(answers={name: value for name, value in drawn.items() if value}),
    )
