"""RPC calls: every declared one is answered by its room, and nothing else is answered."""

import dataclasses
from typing import Any

import pytest

from shared.contracts import calls, schema
from shared.contracts.calls import Call
from shared.serving.rpc import answered_calls
from tests.contract.examples import example, least
from tests.contract.rooms import services

CALLS = [pytest.param(call, id=f"{call.room}.{call.method}") for call in calls.REGISTER.values()]


@pytest.mark.parametrize("call", CALLS)
def test_a_declared_call_is_answered_by_its_room(call: Call[Any, Any]) -> None:
    answered = answered_calls(services()[call.room].Service)

    assert answered.get(call.method) == call


def test_no_room_answers_what_is_not_declared_or_is_anothers() -> None:
    answered = {
        (name, method): call
        for name, module in services().items()
        for method, call in answered_calls(module.Service).items()
    }

    assert answered == {key: call for key, call in calls.REGISTER.items() if key in answered}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_survives_the_wire(call: Call[Any, Any]) -> None:
    for contract in (call.request, call.reply):
        for said in (example(contract), least(contract)):
            assert schema.load(contract, schema.dump(said)) == said


def test_a_service_carries_its_rooms_name() -> None:
    assert {name: module.Service.name for name, module in services().items()} == {name: name for name in services()}


def test_every_reply_is_a_contract() -> None:
    assert all(dataclasses.is_dataclass(call.reply) for call in calls.REGISTER.values())
