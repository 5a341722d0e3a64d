"""Who may use which route."""

import base64
import os
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gateway import keys
from gateway.access import access_of
from gateway.keys import KeyFileError, KeyRing
from tests.unit.gateway.conftest import Desk

#: Every route with what it asks. A new route must be entered here, by somebody who has thought about it.
RULES_APPROVE = {"rules:approve:marketing", "rules:approve:sales"}
RULES_SEEN = {"rules:read", "rules:write", *RULES_APPROVE}
ROUTES = {
    "POST /v1/leads": {"intake"},
    "POST /v1/adf": {"intake"},
    "POST /v1/lists/<source>": {"intake"},
    "POST /forms/<name>": set(),
    "GET /forms/<name>": set(),
    "OPTIONS /forms/<name>": set(),
    "POST /servlet/servlet.WebToLead": set(),
    "OPTIONS /servlet/servlet.WebToLead": set(),
    "POST /submissions/v3/integration/submit/<portal>/<form>": set(),
    "OPTIONS /submissions/v3/integration/submit/<portal>/<form>": set(),
    "POST /submissions/v3/integration/secure/submit/<portal>/<form>": set(),
    "OPTIONS /submissions/v3/integration/secure/submit/<portal>/<form>": set(),
    "POST /uploads/form/v2/<portal>/<form>": set(),
    "OPTIONS /uploads/form/v2/<portal>/<form>": set(),
    "POST /wp-json/contact-form-7/v1/contact-forms/<number>/feedback": set(),
    "OPTIONS /wp-json/contact-form-7/v1/contact-forms/<number>/feedback": set(),
    "POST /hooks/google-ads/<source>": set(),
    "POST /hooks/<name>": set(),
    "PUT /hooks/<name>": set(),
    "PATCH /hooks/<name>": set(),
    "GET /hooks/<name>": set(),
    "POST /v1/vendor/<source>": {"intake"},
    "POST /v1/vendor/<source>/ping": {"intake"},
    "POST /v1/keyed/<source>": {"intake"},
    "GET /keyed/<source>": {"intake"},
    "POST /keyed/<source>": {"intake"},
    "GET /sources": {"intake", "read"},
    "GET /sources/<source>": {"intake", "read"},
    "GET /v1/receipts/<uuid:receipt_id>/rows.csv": {"intake", "read"},
    "GET /v1/receipts/<uuid:receipt_id>": {"intake", "read"},
    "GET /v1/people/<uuid:person_id>": {"manage"},
    "POST /v1/people/<uuid:person_id>/merge": {"manage"},
    "POST /v1/people/<uuid:person_id>/overlay": {"manage"},
    "GET /v1/reviews": {"manage"},
    "POST /v1/reviews/<review_id>": {"manage"},
    "POST /v1/merges/<uuid:merge_id>/undo": {"manage"},
    "GET /reviews": {"manage"},
    "POST /reviews/<review_id>": {"manage"},
    "GET /people/<uuid:person_id>": {"manage"},
    "POST /merges/<uuid:merge_id>/undo": {"manage"},
    "GET /v1/leads/<uuid:lead_id>": {"read"},
    "GET /v1/leads/<uuid:lead_id>/score": {"read", "screening"},
    "GET /leads/<uuid:lead_id>/score": {"read", "screening"},
    "GET /v1/rules": RULES_SEEN,
    "GET /v1/rules/<version>": RULES_SEEN,
    "POST /v1/rules/approve": RULES_APPROVE,
    "POST /v1/rules/publish": {"rules:write"},
    "POST /v1/rules/revert": {"rules:write"},
    "GET /rules": RULES_SEEN,
    "GET /rules/<version>/text": RULES_SEEN,
    "POST /rules/approve": RULES_APPROVE,
    "POST /rules/publish": {"rules:write"},
    "POST /rules/revert": {"rules:write"},
    "GET /owners": {"read"},
    "GET /v1/reports/owners": {"read"},
    "GET /v1/leads/<uuid:lead_id>/assignment": {"read"},
    "POST /v1/leads/reassign": {"assign"},
    "GET /v1/reports/funnel": {"read"},
    "GET /v1/deliveries": {"manage"},
    "GET /v1/deliveries/<owner_id>/<way>": {"manage"},
    "POST /v1/deliveries/<owner_id>/<way>/test": {"manage"},
    "POST /v1/deliveries/<owner_id>/<way>/replay": {"manage"},
    "POST /v1/deliveries/<owner_id>/<way>/enable": {"manage"},
    "GET /deliveries": {"manage"},
    "GET /deliveries/<owner_id>/<way>": {"manage"},
    "POST /deliveries/<owner_id>/<way>/test": {"manage"},
    "POST /deliveries/<owner_id>/<way>/replay": {"manage"},
    "POST /deliveries/<owner_id>/<way>/enable": {"manage"},
    "GET /v1/quarantine": {"manage"},
    "GET /v1/quarantine/<uuid:inquiry_id>": {"manage"},
    "POST /v1/quarantine/<uuid:inquiry_id>/release": {"manage"},
    "POST /v1/quarantine/<uuid:inquiry_id>/junk": {"manage"},
    "POST /v1/quarantine/release": {"manage"},
    "GET /v1/quarantine/releases/<uuid:run_id>": {"manage"},
    "GET /quarantine": {"manage"},
    "GET /quarantine/<uuid:inquiry_id>": {"manage"},
    "POST /quarantine/<uuid:inquiry_id>/release": {"manage"},
    "POST /quarantine/<uuid:inquiry_id>/junk": {"manage"},
    "POST /quarantine/release": {"manage"},
    "GET /quarantine/releases/<uuid:run_id>": {"manage"},
    "GET /v1/ledger": {"manage"},
    "GET /v1/ledger/days": {"manage"},
    "GET /v1/people/<uuid:person_id>/export": {"privacy"},
    "POST /v1/people/<uuid:person_id>/export": {"privacy"},
    "POST /v1/people/<uuid:person_id>/erase": {"privacy"},
    "GET /v1/erasures": {"privacy", "manage"},
    "GET /v1/erasures/<uuid:erasure_id>": {"privacy"},
    "GET /v1/people/<uuid:person_id>/consent": {"manage", "privacy"},
    "POST /v1/people/<uuid:person_id>/consent": {"manage"},
    "GET /t.js": set(),
    "POST /t": set(),
    "OPTIONS /t": set(),
    "GET /t.gif": set(),
    "GET /d/<name>": set(),
    "POST /v1/activities": {"intake"},
    "GET /v1/activities/receipts/<uuid:receipt_id>": {"intake", "read"},
    "POST /v1/activities/judgement": {"manage"},
    "GET /v1/people/<uuid:person_id>/footsteps": {"read"},
    "GET /v1/campaigns": {"read", "manage"},
    "POST /v1/campaigns": {"manage"},
    "GET /v1/campaigns/<campaign_id>": {"read", "manage"},
    "PATCH /v1/campaigns/<campaign_id>": {"manage"},
    "POST /v1/campaigns/<campaign_id>/costs": {"manage"},
    "POST /v1/campaigns/<campaign_id>/codes": {"manage"},
    "GET /v1/codes/unknown": {"read", "manage"},
    "GET /v1/prediction": {"prediction", "read"},
    "GET /v1/prediction/card": {"prediction", "read"},
    "POST /v1/prediction/activate": {"prediction"},
    "GET /prediction": {"prediction", "read"},
    "POST /prediction/activate": {"prediction"},
    "GET /campaigns": {"read", "manage"},
    "GET /campaigns/<campaign_id>": {"read", "manage"},
    "POST /campaigns/<campaign_id>/costs": {"manage"},
    "POST /campaigns/<campaign_id>/codes": {"manage"},
    "GET /c/<code>": set(),
    "GET /entry-points": {"read", "manage"},
    "GET /entry-points/cards/<campaign_id>/<code>": {"read", "manage"},
    "GET /entry-points/qr/<code>.svg": {"read", "manage"},
    "GET /refer": set(),
    "POST /refer": set(),
    "GET /refer/<token>": set(),
    "POST /refer/<token>": set(),
    "GET /refer/<token>/mine": set(),
    "POST /v1/referrals": {"intake"},
    "GET /v1/referrals": {"read", "manage"},
    "GET /v1/referrals/credits": {"manage"},
    "POST /v1/referrals/payments": {"manage"},
    "GET /v1/referrals/participants/<number>/link": {"manage"},
    "GET /v1/screening": {"screening"},
    "POST /v1/screening/claim": {"screening"},
    "GET /v1/screening/<uuid:lead_id>": {"screening"},
    "POST /v1/screening/<uuid:lead_id>/report": {"screening"},
    "POST /v1/screening/<uuid:lead_id>/release": {"screening"},
    "GET /screening": {"screening"},
    "POST /screening/next": {"screening"},
    "GET /screening/<uuid:lead_id>": {"screening"},
    "POST /screening/<uuid:lead_id>/take": {"screening"},
    "POST /screening/<uuid:lead_id>/report": {"screening"},
    "POST /screening/<uuid:lead_id>/release": {"screening"},
    "GET /r/<token>": set(),
    "POST /r/<token>": set(),
    "GET /portal": set(),
    "POST /portal": set(),
    "GET /portal/in/<token>": set(),
    "POST /portal/in/<token>": set(),
    "POST /portal/out": set(),
    "GET /portal/leads": set(),
    "GET /portal/leads/<uuid:lead_id>": set(),
    "POST /portal/leads/<uuid:lead_id>": set(),
    "GET /portal/numbers": set(),
    "POST /portal/pause": set(),
    "GET /portal/region": set(),
    "POST /portal/give": set(),
    "POST /v1/leads/<uuid:lead_id>/status": {"status"},
    "GET /v1/owners/<owner_id>/worksheet": {"status"},
    "POST /v1/owners/<owner_id>/worksheet": {"status"},
    "GET /return/<token>": set(),
    "POST /return/<token>": set(),
    "GET /l/<token>": set(),
    "POST /l/<token>": set(),
    "GET /confirm/<token>": set(),
    "POST /confirm/<token>": set(),
    "GET /bought/<token>": set(),
    "POST /bought/<token>": set(),
    "GET /u/<token>": set(),
    "POST /u/<token>": set(),
    "GET /": set(),
    "GET /funnel": {"read"},
    "GET /healthz": set(),
    "GET /readyz": set(),
    "GET /metrics": set(),
    "GET /openapi.json": set(),
    "GET /docs": set(),
    "GET /static/<name>": set(),
}


def test_every_route_says_who_may_use_it(desk: Desk) -> None:
    declared = {}
    app = desk.client.application
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        assert access is not None, f"{rule.rule} says neither scoped nor public"
        assert access.scopes or access.why, f"{rule.rule} is public without a reason"
        for method in rule.methods - {"HEAD"}:
            declared[f"{method} {rule.rule}"] = set(access.scopes)

    assert declared == ROUTES


def addresses() -> list[tuple[str, str]]:
    """Method and route of everything that asks for a key."""
    closed = [route.split(" ") for route, scopes in ROUTES.items() if scopes]
    return [(method, path) for method, path in closed]


def filled(route: str) -> str:
    """An address of the route."""
    with_ids = re.sub(r"<uuid:[^>]+>", "01890000-0000-7000-8000-000000000000", route)
    return re.sub(r"<[^>]+>", "s", with_ids)


@pytest.mark.parametrize(("method", "path"), addresses())
def test_no_closed_route_opens_without_a_key(desk: Desk, method: str, path: str) -> None:
    without = desk.client.open(filled(path), method=method)
    invented = desk.client.open(filled(path), method=method, headers={"X-Api-Key": "lb_k0_invented"})
    desk.key("intake", "read", "manage")
    wrong_secret = desk.client.open(filled(path), method=method, headers={"X-Api-Key": "lb_k0_invented"})

    assert {without.status_code, invented.status_code, wrong_secret.status_code} == {401}
    assert "WWW-Authenticate" in without.headers


@pytest.mark.parametrize(("method", "path"), addresses())
def test_no_closed_route_opens_with_a_key_of_another_scope(desk: Desk, method: str, path: str) -> None:
    needed = ROUTES[f"{method} {path}"]
    headers = desk.key(*sorted(keys.SCOPES - needed))
    answer = desk.client.open(filled(path), method=method, headers=headers)

    assert answer.status_code == 403
    assert answer.json["type"] == "urn:leadbus:problem:scope_missing"


@pytest.mark.parametrize("header", ["Authorization", "X-Api-Key"])
def test_a_key_may_come_in_either_header(desk: Desk, header: str) -> None:
    presented = desk.key("intake", sources=["partner-agrimag"])["Authorization"]
    value = presented if header == "Authorization" else presented.removeprefix("Bearer ")
    answer = desk.client.post("/v1/leads", json={}, headers={header: value})

    assert answer.status_code == 202


def test_basic_opens_pages_and_nothing_else(desk: Desk) -> None:
    presented = desk.key("read")["Authorization"].removeprefix("Bearer ")
    basic = {"Authorization": "Basic " + base64.b64encode(f"anybody:{presented}".encode()).decode()}
    broken = {"Authorization": "Basic %%%"}

    assert desk.client.get("/v1/reports/funnel", headers=basic).status_code == 401
    assert desk.client.get("/funnel", headers=broken).status_code == 401
    assert desk.client.get("/funnel").headers["WWW-Authenticate"].startswith("Basic")


def test_a_revoked_key_ends_at_once(desk: Desk) -> None:
    headers = desk.key("intake", sources=["a"])
    before = desk.client.post("/v1/leads", json={}, headers=headers)
    [issued] = desk.issued
    keys.save(desk.keys_file, [keys.Key(issued.id, issued.name, issued.hash, issued.scopes, issued.sources, True)])
    after = desk.client.post("/v1/leads", json={}, headers=headers)

    assert (before.status_code, after.status_code) == (202, 401)


def test_a_key_sends_for_its_own_source_only(desk: Desk) -> None:
    one = desk.key("intake", sources=["partner-agrimag"])
    several = desk.key("intake", sources=["partner-agrimag", "keyed-cards"])
    any_source = desk.key("intake")

    def status(address: str, headers: dict[str, str]) -> int:
        return desk.client.post(address, json={}, headers=headers).status_code

    assert status("/v1/leads", one) == 202
    assert status("/v1/leads?source=keyed-cards", one) == 403
    assert status("/v1/leads", several) == 422
    assert status("/v1/leads?source=keyed-cards", several) == 202
    assert status("/v1/leads", any_source) == 422
    assert status("/v1/leads?source=autobase", any_source) == 202
    assert [intake.source for intake, _ in desk.taken()] == ["partner-agrimag", "keyed-cards", "autobase"]


def test_who_guesses_keys_is_stopped(desk: Desk) -> None:
    guesses = [
        desk.client.get("/v1/ledger", headers={"X-Api-Key": f"lb_k0_{number}"}).status_code for number in range(25)
    ]

    assert guesses[0] == 401
    assert guesses[-1] == 429


# The key file


def test_the_file_holds_no_usable_key(tmp_path: Path) -> None:
    key, presented = keys.issue("abc", "AgriMag", ["intake"], ["partner-agrimag"])
    keys.save(tmp_path / "keys.yml", [key])

    assert presented.split("_", 2)[2] not in (tmp_path / "keys.yml").read_text()
    assert (tmp_path / "keys.yml").stat().st_mode & 0o077 == 0
    assert KeyRing(tmp_path / "keys.yml").authenticate(presented) == key


@pytest.mark.parametrize("presented", ["", "lb_", "lb__", "lb_abc", "lb_abc_", "abc_x", "lb_abc_\udcff", "lb_nobody_x"])
def test_what_is_no_key_opens_nothing(tmp_path: Path, presented: str) -> None:
    key, _ = keys.issue("abc", "AgriMag", ["intake"])
    keys.save(tmp_path / "keys.yml", [key])

    assert KeyRing(tmp_path / "keys.yml").authenticate(presented) is None


def test_a_busy_server_sees_a_new_key_at_once_and_a_revoked_one_very_soon(tmp_path: Path) -> None:
    path = tmp_path / "keys.yml"
    first, presented = keys.issue("abc", "AgriMag", ["intake"])
    keys.save(path, [first])
    ring = KeyRing(path, fresh_seconds=keys.FRESH_SECONDS)
    assert ring.authenticate(presented) == first
    second, other = keys.issue("def", "AgriMag", ["intake"])
    renewed, changed = keys.issue("abc", "AgriMag", ["intake"])
    keys.save(path, [renewed, second])

    assert ring.authenticate(other) == second
    assert ring.authenticate(changed) == renewed
    assert ring.authenticate(presented) is None
    keys.save(path, [replace(renewed, revoked=True)])
    ended = time.monotonic() + 5
    while ring.authenticate(changed) is not None and time.monotonic() < ended:
        time.sleep(keys.FRESH_SECONDS / 4)
    assert ring.authenticate(changed) is None


def test_no_file_means_no_keys(tmp_path: Path) -> None:
    assert KeyRing(tmp_path / "none.yml").authenticate("lb_abc_secret") is None


def test_a_broken_file_keeps_the_last_good_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys.yml"
    key, presented = keys.issue("abc", "AgriMag", ["intake"])
    keys.save(path, [key])
    ring = KeyRing(path)
    before = ring.authenticate(presented)
    path.write_text("- {id: abc, name: [")
    os.utime(path, ns=(1, 1))

    assert before == key
    assert ring.authenticate(presented) == key


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("id: abc", "list"),
        ("- 7", "key 1"),
        ("- {id: abc, name: x}", "`hash`"),
        ("- {id: a_b, name: x, hash: y, scopes: [read]}", "letters and digits"),
        ("- {id: ab, name: x, hash: y, scopes: [root]}", "unknown scope 'root'"),
    ],
)
def test_mistakes_in_the_file_are_named(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "keys.yml").write_text(text)

    with pytest.raises(KeyFileError, match=complaint):
        keys.load(tmp_path / "keys.yml")
