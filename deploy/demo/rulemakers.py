"""A change of the rules in the demo: refused without both approvals, published to a share of the leads, taken back."""

import hashlib
from dataclasses import dataclass
from typing import Any

import requests

from deploy.demo.sending import SECONDS, Gateway

#: Percent of the leads that come under the changed rules first.
SHARE = 25


@dataclass(frozen=True)
class Change:
    """What the draft changes, and what became of it."""

    words: list[str]
    #: What publishing it with one approval alone was told.
    refused: str
    share: int
    #: Whether what was live before is live again.
    reverted: bool


def change(marketing: Gateway, sales: Gateway) -> Change:
    """Lowers the agreed threshold a little, with a key of marketing's and one of sales'."""
    draft = _live_text(marketing).replace("  score: 45\n", "  score: 42\n", 1)
    digest = hashlib.sha256(draft.encode()).hexdigest()
    approved = marketing.post("/v1/rules/approve", {"digest": digest, "party": "marketing", "text": draft, "by": "Ann"})
    refused = _refused(marketing, digest)
    sales.post("/v1/rules/approve", {"digest": digest, "party": "sales", "by": "Ben"})
    trial = marketing.post("/v1/rules/publish", {"digest": digest, "share": SHARE, "by": "Ann"})
    back = marketing.post("/v1/rules/revert", {"by": "Ann"})
    return Change(
        words=[one["words"] for one in approved["changes"]],
        refused=refused,
        share=trial["share"],
        reverted=back["trial"] is None and back["live"]["version"] == trial["live"]["version"],
    )


def _live_text(gateway: Gateway) -> str:
    live = gateway.read("/v1/rules")["live"]["version"]
    found: dict[str, Any] = gateway.read(f"/v1/rules/{live}")
    return str(found["text"])


def _refused(gateway: Gateway, digest: str) -> str:
    answer = requests.post(
        f"{gateway.url}/v1/rules/publish",
        json={"digest": digest, "by": "Ann"},
        headers={"Authorization": f"Bearer {gateway.key}"},
        timeout=SECONDS,
    )
    return f"{answer.status_code}: {answer.json().get('detail', '')}"
