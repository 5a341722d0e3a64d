"""The published interface, asked everything that its description allows, and much that it does not (schemathesis)."""

import time
from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from gateway import application
from shared.contracts.calls import Call
from tests.contract.examples import example
from tests.unit.gateway.conftest import Desk, FakeRooms

CHECKS = [not_a_server_error, response_schema_conformance]
SEED = 20261122
#: Operations whose answer waits (a verdict that never comes), or is no document.
LEFT_OUT = ("/metrics", "/docs", "/openapi.json")


#: Doors that exist, by the route that leads to them.
_HUBSPOT = {"portal": "1234567", "form": "0f5f-guid"}
KNOWN = {
    "/forms/{name}": {"name": "contact"},
    "/hooks/{name}": {"name": "gravity"},
    "/hooks/google-ads/{source}": {"source": "google-ads-dryers"},
    "/submissions/v3/integration/submit/{portal}/{form}": _HUBSPOT,
    "/submissions/v3/integration/secure/submit/{portal}/{form}": _HUBSPOT,
    "/uploads/form/v2/{portal}/{form}": _HUBSPOT,
    "/wp-json/contact-form-7/v1/contact-forms/{number}/feedback": {"number": "57"},
}


class KnowingRooms(FakeRooms):
    """Answer every call with the example of its reply."""

    def call(self, call: Call[Any, Any], **fields: Any) -> Any:
        self.calls.append((f"{call.room}.{call.method}", fields))
        return example(call.reply)


def fuzz(desk: Desk, examples: int, seconds: float) -> Counter[str]:
    """Asks every operation; gives the number of requests by operation. Raises when one check fails."""
    object.__setattr__(desk.gateway, "rooms", KnowingRooms())
    headers = desk.key("intake", "read", "manage")
    application_under_test = application.create_app(desk.gateway)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", application_under_test)
    asked: Counter[str] = Counter()
    until = time.monotonic() + seconds

    def ask(case: Any) -> None:
        if time.monotonic() > until:
            return
        asked[f"{case.method} {case.operation.path}"] += 1
        # One sender may come so often only, and here it comes more often.
        desk.gateway.limits._counts.clear()
        if sum(asked.values()) % 3:
            # Most that is invented ends at a door that does not exist.
            case.path_parameters = (case.path_parameters or {}) | KNOWN.get(case.operation.path, {})
        response = case.call(headers=dict(case.headers or {}) | headers)
        case.validate_response(response, checks=CHECKS)
        check_problem(response)

    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path not in LEFT_OUT:
            seed(SEED)(bounded(examples)(given(case=operation.as_strategy())(ask)))()
    return asked


def bounded(examples: int) -> settings:
    """So many requests per operation, the same in every run; a failing one is not made smaller."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def check_problem(response: Any) -> None:
    """Whatever is refused says so in one of the shapes that are promised, and under an id."""
    assert response.headers.get("x-request-id")
    if response.status_code < 400 or response.request.method == "HEAD":
        return
    kind = response.headers["content-type"][0]
    if kind.startswith("application/problem+json"):
        assert response.json()["status"] == response.status_code
        assert response.json()["request_id"] == response.headers["x-request-id"][0]
    else:
        assert kind.startswith(("application/json", "text/html")), kind


def test_the_interface_withstands_what_it_describes(desk: Desk) -> None:
    asked = fuzz(desk, examples=10, seconds=30)

    assert len(asked) >= 25


@pytest.mark.long
def test_the_interface_withstands_what_it_describes_for_long(desk: Desk) -> None:
    asked = fuzz(desk, examples=150, seconds=600)

    assert min(asked.values()) >= 20
