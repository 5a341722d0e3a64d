"""What the dealers of the demo have in their offices beside webhooks: a DMS, a CRM of theirs, Salesforce, HubSpot."""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from deploy.demo.crms import FakeHubSpot, FakeSalesforce, Reply, reply

if TYPE_CHECKING:
    from deploy.demo.sending import Gateway

#: What the company's file says to find in the environment; everything is made up, nothing opens anything.
SECRETS = {
    "MCLEAN_AUTHORIZATION": "Bearer demo",
    "ILLINOIS_VALLEY_KEY": "demo",
    "RIVER_BEND_SECRET": "demo",
    "SHOW_ME_TOKEN": "demo",
    "LINCOLN_PASSWORD": "demo",
}
SFTP_SEED = b"the demo's SFTP server"


class SellingSalesforce(FakeSalesforce):
    """Its people work: whenever it is asked how leads stand, each has come a step farther."""

    STEPS: tuple[dict[str, Any], ...] = (
        {"Status": "Working - Contacted"},
        {"IsConverted": True, "ConvertedOpportunity": {"Amount": 52_000.0, "IsClosed": False, "IsWon": False}},
        {"ConvertedOpportunity": {"Amount": 52_000.0, "IsClosed": True, "IsWon": True}},
    )

    def _query(self, question: str) -> Reply:
        for number, lead in self.leads.items():
            step = lead.setdefault("step", 0)
            # Every third lead comes to nothing; they simply leave it.
            if step < len(self.STEPS) and int(number[3:15]) % 3:
                lead |= {**self.STEPS[step], "step": step + 1}
        return super()._query(question)


@dataclass
class Systems:
    """Everything that answers by HTTP, by host; what arrived goes into `file`, a line each."""

    file: Path
    salesforce: FakeSalesforce = field(
        default_factory=lambda: SellingSalesforce(
            "https://river-bend.my.salesforce.com", client="prairie-line", secret=SECRETS["RIVER_BEND_SECRET"]
        )
    )
    hubspot: FakeHubSpot = field(default_factory=lambda: FakeHubSpot(token=SECRETS["SHOW_ME_TOKEN"]))
    received: dict[str, dict[str, int]] = field(default_factory=dict)
    lock: Any = field(default_factory=threading.Lock)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply | None:
        """The answer of the system at /<host>/<path>; None where there is none of these."""
        host = path.split("/")[1]
        rest = path.removeprefix(f"/{host}")
        with self.lock:
            if host == "river-bend.my.salesforce.com":
                return self._kept("salesforce", method == "PATCH", self.salesforce.answer(method, rest, headers, body))
            if host == "api.hubapi.com":
                is_lead = rest.endswith("/batch/upsert")
                return self._kept("hubspot", is_lead, self.hubspot.answer(method, rest, headers, body))
            if host == "dms.mclean-county-implement.example":
                return self._kept("adf", True, _adf(headers, body))
            if host == "dms.champaign-grain.example":
                return self._kept("star", True, _star(body))
            if host == "crm.illinois-valley-ag.example":
                return self._kept("rest", True, self._rest(headers, body))
        return None

    def _rest(self, headers: Mapping[str, str], body: bytes) -> Reply:
        if headers.get("x-api-key") != SECRETS["ILLINOIS_VALLEY_KEY"]:
            return reply(401, {"message": "unknown key"})
        lead = json.loads(body)["reference"]
        known = self.received.setdefault("rest", {})
        number = known.setdefault(lead, 1000 + len(known))
        return reply(201, {"prospect": {"number": f"P-{number}"}})

    def _kept(self, way: str, is_lead: bool, answer: Reply) -> Reply:
        if is_lead:
            with self.file.open("a") as out:
                out.write(json.dumps({"way": way, "code": answer[0]}) + "\n")
        return answer


def _adf(headers: Mapping[str, str], body: bytes) -> Reply:
    if headers.get("authorization") != SECRETS["MCLEAN_AUTHORIZATION"]:
        return reply(401)
    lead = ElementTree.fromstring(body).findtext("prospect/id")
    answer = f"<response><status>Accepted</status><id>M-{str(lead)[:8]}</id></response>"
    return 200, {"Content-Type": "application/xml"}, answer.encode()


def _star(body: bytes) -> Reply:
    names = {"s": "http://www.starstandard.org/STAR/5"}
    if ElementTree.fromstring(body).findtext(".//s:DocumentID", namespaces=names) is None:
        failure = b"<ConfirmBOD><BODFailureMessage>no document id</BODFailureMessage></ConfirmBOD>"
        return 200, {"Content-Type": "text/xml"}, failure
    return 200, {"Content-Type": "text/xml"}, b"<ConfirmBOD><BODSuccessMessage/></ConfirmBOD>"


def sftp_key() -> str:
    """The key of the demo's SFTP server, in PEM: always the same, as owners.yml names its public half."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(SFTP_SEED).digest())
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def try_all(gateway: "Gateway") -> None:
    """A manager presses the button for a made-up lead on every way but webhooks and mail, which are busy anyway."""
    for one in gateway.read("/v1/deliveries")["channels"]:
        if one["way"] not in ("webhook", "email"):
            gateway.post(f"/v1/deliveries/{one['owner_id']}/{one['way']}/test", {"by": "Demo"})


def counts(folder: Path) -> dict[str, int]:
    """How many leads arrived by which way; files and what is in them count once each."""
    found: dict[str, int] = {}
    file = folder / "systems.jsonl"
    for line in file.read_text().splitlines() if file.exists() else ():
        one = json.loads(line)
        if 200 <= one["code"] < 300:
            found[one["way"]] = found.get(one["way"], 0) + 1
    files = list((folder / "sftp").rglob("*.csv"))
    if files:
        found["csv"] = len(files)
    return found
