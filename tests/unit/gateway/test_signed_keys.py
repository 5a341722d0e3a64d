"""Partners whose key is worth nothing without a signature over the raw body (Standard Webhooks)."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from gateway import keys
from gateway.signing import SignatureWrong, check_signed, signing_key
from shared.secret import Secret
from tests.unit.gateway.conftest import SECRETS, Desk

BODY = b'{"email": "lena@example.com"}'
SECRET = SECRETS["TEST_PARTNER_SECRET"]


def signed(body: bytes = BODY, *, name: str = "msg_1", at: float | None = None) -> dict[str, str]:
    """Headers as the reference implementation makes them."""
    moment = datetime.fromtimestamp(at or time.time(), tz=UTC)
    signature = Webhook(SECRET).sign(name, moment, body.decode("latin-1"))
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
        "Content-Type": "application/json",
    }


@pytest.fixture
def key(desk: Desk) -> dict[str, str]:
    headers = desk.key("intake", "read", sources=["partner-agrimag"])
    desk.issued[-1] = replace(desk.issued[-1], signed_with=Secret(variables=("TEST_PARTNER_SECRET",)))
    keys.save(desk.keys_file, desk.issued)
    return headers


def test_a_signed_request_is_taken(desk: Desk, key: dict[str, str]) -> None:
    answer = desk.client.post("/v1/leads", data=BODY, headers=key | signed())

    assert answer.status_code == 202
    assert desk.taken()[0][1] == BODY


def test_the_key_alone_is_not_enough(desk: Desk, key: dict[str, str]) -> None:
    answer = desk.client.post("/v1/leads", data=BODY, headers=key | {"Content-Type": "application/json"})

    assert answer.status_code == 401
    assert answer.json["type"] == "urn:leadbus:problem:signature_wrong"
    assert desk.taken() == []


@pytest.mark.parametrize(
    "wrong",
    [
        signed(b'{"email": "other@example.com"}'),
        signed(at=time.time() - 301),
        # A day: these are made when the tests are collected, which may be minutes before.
        signed(at=time.time() + 86_400),
        signed() | {"webhook-id": "msg_2"},
        signed() | {"webhook-signature": "v1,AAAA"},
        signed() | {"webhook-signature": signed()["webhook-signature"].replace("v1,", "v1a,")},
        signed() | {"webhook-timestamp": "yesterday"},
        signed() | {"webhook-timestamp": "9" * 5000},
        signed() | {"webhook-id": ""},
    ],
)
def test_what_is_signed_wrongly_is_refused(desk: Desk, key: dict[str, str], wrong: dict[str, str]) -> None:
    assert desk.client.post("/v1/leads", data=BODY, headers=key | wrong).status_code == 401
    assert desk.taken() == []


def test_a_request_that_a_stranger_repeats_is_no_second_inquiry(desk: Desk, key: dict[str, str]) -> None:
    headers = key | signed()
    answers = [desk.client.post("/v1/leads", data=BODY, headers=headers) for _ in range(3)]

    assert len({answer.json["receipt_id"] for answer in answers}) == 1
    assert len(desk.taken()) == 1


def test_one_of_several_signatures_is_enough_while_secrets_change() -> None:
    headers = signed()
    headers["webhook-signature"] = f"v1,AAAA {headers['webhook-signature']}"

    assert check_signed([b"the old one", SECRET.encode()], headers, BODY, time.time()) == "msg_1"
    with pytest.raises(SignatureWrong):
        check_signed([b"the old one"], headers, BODY, time.time())


def test_lists_are_signed_as_a_whole(desk: Desk, key: dict[str, str]) -> None:
    body = b"--x\r\nContent-Disposition: form-data; name=f; filename=a.csv\r\n\r\na,b\r\n--x--\r\n"
    headers = key | signed(body) | {"Content-Type": "multipart/form-data; boundary=x"}
    answer = desk.client.post("/v1/lists/partner-agrimag", data=body, headers=headers)

    assert answer.status_code == 202
    assert desk.taken()[0][1] == b"a,b"


def test_a_missing_secret_shuts_only_this_key_out(
    desk: Desk, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_PARTNER_SECRET")

    assert desk.client.post("/v1/leads", data=BODY, headers=key | signed()).status_code == 503
    other = desk.key("intake", sources=["a"]) | {"Content-Type": "application/json"}
    assert desk.client.post("/v1/leads", data=BODY, headers=other).status_code == 202


def test_the_key_file_names_the_secret_and_keeps_it_when_saved(tmp_path: Path) -> None:
    made, _ = keys.issue("a", "a partner", ["intake"])
    path = tmp_path / "keys.yml"
    keys.save(path, [replace(made, signed_with=Secret(("NAME",), (tmp_path / "secret",)))])
    (tmp_path / "secret").write_text("whsec_c2VjcmV0\n")

    [loaded] = keys.load(path).values()
    assert loaded.signed_with is not None
    assert [signing_key(value) for value in loaded.signed_with.values()] == [b"secret"]
    path.write_text(path.read_text().replace("env: NAME", "value: secret"))
    with pytest.raises(keys.KeyFileError, match="`secret` must name where it is kept"):
        keys.load(path)
