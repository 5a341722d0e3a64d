"""Which rules a lead is under, now and at any earlier moment: publications in their order, one on top of the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Literal
from uuid import UUID

Kind = Literal["first", "publish", "revert"]
EVERYBODY = 100


@dataclass(frozen=True)
class Publication:
    """From `at` on, `share` percent of the leads are under the rules `version`. `number` counts without a gap."""

    number: int
    version: str
    share: int
    at: datetime
    by: str
    kind: Kind = "publish"


@dataclass(frozen=True)
class Standing:
    """What is live: the newest rules that everybody came under, what they replaced, and rules on trial with a share."""

    #: What would be live after so many reverts; the last is live.
    agreed: tuple[str, ...] = ()
    trial: str | None = None
    share: int = 0

    @property
    def live(self) -> str | None:
        """The rules of every lead that is not on trial; None before the first publication."""
        return self.agreed[-1] if self.agreed else None

    @property
    def replaced(self) -> str | None:
        """What a revert returns to, as rules for everybody; None when there is nothing earlier."""
        if self.trial is not None:
            return self.live
        return self.agreed[-2] if len(self.agreed) > 1 else None

    def after(self, publication: Publication) -> "Standing":
        """What is live once `publication` is made."""
        if publication.kind == "revert":
            return Standing(self.agreed if self.trial is not None else self.agreed[:-1])
        if publication.share < EVERYBODY:
            return Standing(self.agreed, publication.version, publication.share)
        return Standing((*self.agreed, publication.version))

    def version_of(self, lead_id: UUID) -> str | None:
        """The rules that a lead is under."""
        if self.trial is not None and chance_of(lead_id, self.trial) < self.share:
            return self.trial
        return self.live


def standing(publications: Iterable[Publication], until: datetime | None = None) -> Standing:
    """What is live after these publications, or after those made by `until`, that moment included."""
    now = Standing()
    for publication in sorted(publications, key=lambda each: each.number):
        # Before anything was published, leads were under what was published first.
        if until is None or publication.at <= until or now.live is None:
            now = now.after(publication)
    return now


def chance_of(lead_id: UUID, version: str) -> float:
    """Where a lead stands among all, from 0 to 100: the same for ever, and another for each version.

    Who is in at 10 percent is in at 20; and it is not always the same leads on whom new rules are tried.
    """
    digest = blake2b(lead_id.bytes, digest_size=8, key=version.encode()).digest()
    return int.from_bytes(digest, "big") / 2**64 * EVERYBODY
