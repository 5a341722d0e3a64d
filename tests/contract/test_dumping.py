"""What goes out is what the schema would have written, though the schema does not write it."""

from typing import Any

import pytest

from shared.contracts import calls, schema
from tests.contract.documents import declared_events
from tests.contract.examples import example, least

CONTRACTS = dict.fromkeys(
    [*declared_events(), *(part for call in calls.REGISTER.values() for part in (call.request, call.reply))]
)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_is_written_as_by_its_schema(contract: Any) -> None:
    for said in (example(contract), least(contract)):
        assert schema.dump(said) == schema.schema_of(contract).dump(said)


def test_what_no_contract_may_hold_is_not_written() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        schema.dump(calls.ActReply(lead_id=object(), action="", status="", changed=False))
