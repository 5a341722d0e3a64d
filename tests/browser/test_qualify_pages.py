"""The pages of qualification on a telephone and on a desk: nothing hangs over the edge, and everybody can use them."""

import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from shared.contracts import calls
from shared.contracts.calls import Call
from shared.messaging.rpc_client import RoomAway
from tests.browser.conftest import _Quiet
from tests.unit.gateway import test_prediction_pages as prediction
from tests.unit.gateway import test_replies as replies
from tests.unit.gateway import test_rules_pages as rules
from tests.unit.gateway import test_score_pages as scores
from tests.unit.gateway import test_screening_pages as screening
from tests.unit.gateway.conftest import Desk
from tests.unit.gateway.conftest import desk as gateway_desk  # noqa: F401  # a fixture

#: Longer than a telephone is wide, and without a place to break it.
LONG = "a-rule-whose-name-somebody-made-up-on-a-wide-screen"
WIDE = calls.ExplanationLine(
    rule=LONG, group="fit", points=3, because="why " * 30, evidence={"message": "x" * 120, "state": "IA"}
)
SCORED = replace(
    scores.FOUND,
    lines=[*scores.LINES, WIDE],
    because=[*scores.FOUND.because, f"qualified: {LONG * 2}"],
)
CROWDED = replace(
    screening.IN_HAND,
    entry=replace(screening.IN_HAND.entry, attempts=1, rule=LONG, because="because " * 30),
    message="https://field.example/" + "y" * 150,
)
FIRST_START = calls.RulesReply(live=rules.STATE.live, publications=[rules.PUBLISHED], problem="rules.yml, " + "z" * 120)
VISITS: dict[str, tuple[str, dict[Call[Any, Any], Any]]] = {
    "rules": ("/rules", {calls.RULES: rules.STATE}),
    "rules-approved": ("/rules", {calls.RULES: rules.APPROVED}),
    "rules-changed": ("/rules", {calls.RULES: rules.CHANGED}),
    "rules-with-a-mistake": ("/rules", {calls.RULES: FIRST_START}),
    "rule-text": (f"/rules/{rules.LIVE[:12]}/text", {
        calls.RULE_TEXT: calls.RuleTextReply(version=rules.LIVE[:12], digest=rules.LIVE, text="points:\n" + "w" * 300),
    }),
    "screening": ("/screening", {calls.SCREENING_QUEUES: screening.QUEUES}),
    "screening-lead": (f"/screening/{screening.LEAD}", {calls.SCREENING: CROWDED, calls.PERSON: RoomAway("capture")}),
    "score": (f"/leads/{scores.LEAD}/score", {calls.SCORE: SCORED}),
    "prediction": ("/prediction", {calls.PREDICTION: prediction.STATE}),
    "prediction-nothing": ("/prediction", {calls.PREDICTION: prediction.NOTHING}),
    "reply": ("/r/abc", {calls.DESCRIBE_RESPONSE: replies.LINK, calls.REPLY_FORM: replies.FORM}),
}  # fmt: skip
CARD = calls.PredictionCardReply(
    version=prediction.GOOD, state="at_work", trained_at=prediction.NOON, trained_by="Tess", card=prediction.CARD
)
SCOPES = ("read", "screening", "prediction", "rules:read", "rules:write", "rules:approve:marketing")


@dataclass
class Office:
    """A gateway that a browser reaches, and whoever looks at it."""

    origin: str
    desk: Desk
    password: str


@pytest.fixture
def office(gateway_desk: Desk) -> Iterator[Office]:  # noqa: F811  # the fixture itself
    presented = gateway_desk.key(*SCOPES)["Authorization"].removeprefix("Bearer ")
    server = make_server("127.0.0.1", 0, gateway_desk.client.application, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Office(f"http://127.0.0.1:{server.server_port}", gateway_desk, presented)
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("width", "scheme"), [(375, "light"), (375, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", VISITS)
def test_a_page_fits_the_screen_and_can_be_used_by_everybody(
    office: Office, chromium: Any, tmp_path: Path, name: str, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="make test-browser installs it")
    path, answers = VISITS[name]
    office.desk.rooms.replies |= {calls.PREDICTION_CARD: CARD} | answers
    word = base64.b64encode(f"Ann:{office.password}".encode()).decode()
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    context.set_extra_http_headers({"Authorization": f"Basic {word}"})
    try:
        page = context.new_page()
        answer = page.goto(f"{office.origin}{path}")
        page.screenshot(path=tmp_path / "page.png", full_page=True)
        hangs_over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found = axe.Axe().run(page).response["violations"]
    finally:
        context.close()

    assert answer.status == 200
    assert hangs_over == 0
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []
