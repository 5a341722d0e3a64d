"""A person asks to be forgotten, seen from outside only: every part of the stack answers, and no log names them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from deploy.stack import Stack
from deploy.stack.instance import REPOSITORY
from tests.e2e.outside import FarSide, Sender, document, eventually

#: Name and address of whoever `document` makes up.
WORDS = (b"ann7@leefarms7.example",)
LEADBUS = str(Path(sys.executable).with_name("leadbus"))


def test_a_person_sees_everything_is_erased_everywhere_and_gets_a_certificate(
    stack: Stack, sender: Sender, far_side: FarSide
) -> None:
    """Export, erasure and certificate through real processes; who had the data before is named."""
    headers = {"Authorization": f"Bearer {stack.new_key('data protection', ('privacy', 'manage'))}"}

    def ask(path: str) -> Any:
        return requests.get(stack.gateway_url + path, headers=headers, timeout=30)

    body = document(7)
    receipt = sender.send(body, body["lead_ref"])
    eventually(lambda: sender.state(receipt) == "registered", 120, "the receipt resolves")
    lead = str(sender.read(f"/v1/receipts/{receipt}")["lead_id"])
    told = lambda: {entry["event"] for entry in (sender.read(f"/v1/leads/{lead}") or {"timeline": []})["timeline"]}  # noqa: E731
    eventually(lambda: {"lead_delivered", "piece_sent"} <= told(), 120, "delivered")
    person = sender.read(f"/v1/leads/{lead}")["person_id"]

    export = ask(f"/v1/people/{person}/export").json()
    assert export["complete"], export["not_answered"]
    assert all(entry["tables"] for entry in export["rooms"]), [entry["room"] for entry in export["rooms"]]

    erased = requests.post(
        f"{stack.gateway_url}/v1/people/{person}/erase", headers=headers, timeout=30,
        json={"reason": "letter of 2 March", "by": "front office"},
    )  # fmt: skip
    assert erased.status_code == 202, erased.text
    certificate = f"/v1/erasures/{erased.json()['erasure_id']}"
    eventually(lambda: ask(certificate).json()["state"] == "complete", 120, "every room answers")

    assert ask(certificate).json()["passed_on"]
    assert ask(f"/v1/people/{person}/export").status_code == 404
    assert sender.state(receipt) == "erased"
    assert "ann7" not in json.dumps(sender.read(f"/v1/leads/{lead}")).lower()
    assert ask("/v1/ledger/days").json()["balance"] == 0
    assert _on_the_command_line(stack, "person", "certificate", erased.json()["erasure_id"])["state"] == "complete"
    assert [path.name for path in _logs(stack) if any(word in path.read_bytes() for word in WORDS)] == []


def _on_the_command_line(stack: Stack, *arguments: str) -> Any:
    done = subprocess.run(
        [LEADBUS, *arguments, "--json", "--instance", str(stack.instance.folder)],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _logs(stack: Stack) -> list[Path]:
    # The mail log is that of the mailbox which stands in for the world's mail servers.
    found = [path for path in stack.instance.folder.rglob("*.log") if path.is_file() and path.name != "mail.log"]
    assert found, "there are no logs to look at"
    return found
