"""While the broker is away the gateway takes inquiries in; when it is back, each of them becomes a lead.

`outage.py send` prints the receipts, one a line; `outage.py resolve` reads them and waits until each is a lead.
"""

import argparse
import json
import sys
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.compose import inquiries
from tests.compose.follow import Gateway, StillNot, wait_for

#: Numbers of people who have not written before.
LATE = range(500, 505)


def send(gateway: Gateway) -> None:
    """Sends while nobody is there to pass it on. Raises StillNot when an inquiry is refused."""
    for number in LATE:
        status, body = gateway.send(inquiries.partner(number))
        if status != 202:
            raise StillNot(f"without a broker the gateway answered {status} {body[:200]!r}")
        print(json.loads(body)["receipt_id"])


def resolve(gateway: Gateway, receipts: list[str]) -> None:
    """Waits until every receipt names a lead. Raises StillNot."""
    if len(receipts) != len(LATE):
        raise StillNot(f"{len(receipts)} receipts instead of {len(LATE)}")
    for receipt in receipts:
        wait_for(f"receipt {receipt}", partial(_lead_of, gateway, receipt))
    print(f"{len(receipts)} inquiries were taken in while the broker was away; all are leads now")


def _lead_of(gateway: Gateway, receipt: str) -> str | None:
    found: str | None = gateway.read(f"/v1/receipts/{receipt}")["lead_id"]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("send", "resolve"))
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--key", required=True)
    asked = parser.parse_args()
    gateway = Gateway(asked.gateway, asked.key)
    try:
        if asked.step == "send":
            send(gateway)
        else:
            resolve(gateway, sys.stdin.read().split())
    except StillNot as problem:
        print(f"compose: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
