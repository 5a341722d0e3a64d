"""How a draft becomes live: marketing and sales both approve its exact text, then somebody publishes it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.qualify.domain.publications import EVERYBODY, Standing

Party = Literal["marketing", "sales"]
#: Who has to agree before rules count.
PARTIES: tuple[Party, ...] = ("marketing", "sales")
State = Literal["draft", "approved", "trial", "live", "retired"]


class Refused(ValueError):
    """The move is not allowed now. The message says why, and what would help."""


@dataclass(frozen=True)
class Approval:
    """One party agreed to a text."""

    party: Party
    by: str
    #: Who was proved to ask.
    approver: str
    at: datetime


def missing(approvals: Collection[Approval]) -> list[Party]:
    """The parties that have not approved."""
    return [party for party in PARTIES if party not in {approval.party for approval in approvals}]


def state_of(version: str, approvals: Collection[Approval], now: Standing, published_before: bool) -> State:
    """Where a rule set stands on its way."""
    if version == now.live:
        return "live"
    if version == now.trial:
        return "trial"
    if published_before:
        return "retired"
    return "draft" if missing(approvals) else "approved"


def check_approval(version: str, party: Party, approver: str, approvals: Collection[Approval]) -> bool:
    """Whether an approval is new; the same party's second one changes nothing. Raises Refused."""
    if any(approval.party == party for approval in approvals):
        return False
    for approval in approvals:
        if approval.approver == approver:
            raise Refused(
                f"{approval.by} approved {version} for {approval.party} already: {party} needs somebody else's approval"
            )
    return True


def check_publication(version: str, share: int, approvals: Collection[Approval], now: Standing) -> bool:
    """Whether publishing changes anything: what stands already is left alone. Raises Refused."""
    if absent := missing(approvals):
        raise Refused(
            f"{version} cannot be published: {' and '.join(absent)} "
            f"{'have' if len(absent) > 1 else 'has'} not approved this text"
        )
    if not 1 <= share <= EVERYBODY:
        raise Refused(f"a share is 1 to {EVERYBODY} percent, not {share}")
    if now.trial not in (None, version):
        raise Refused(f"{now.trial} is on trial with {now.share} %: publish it to all, or revert it, before {version}")
    if version == now.live and now.trial is None:
        return False
    if version == now.trial and share < now.share:
        raise Refused(f"{version} is on trial with {now.share} % already: raise the share, or revert")
    return (version, share) != (now.trial, now.share)


def check_revert(now: Standing) -> str:
    """The version that a revert returns to. Raises Refused."""
    if now.replaced is None:
        raise Refused(f"there is nothing before {now.live} to return to")
    return now.replaced
