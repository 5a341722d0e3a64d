"""Everything that is held of a person can be shown to them: what a search finds in the tables stands in the export."""

from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from services.capture.usecases import privacy
from shared.contracts import schema
from shared.contracts.calls import ExportReply, ExportRequest
from tests.integration.privacy.house import TRACES, House
from tests.integration.privacy.test_erasure import live_through_everything

OTHERS = {
    "qualify": "services.qualify.erasing",
    "router": "services.router.usecases.erasing",
    "nurture": "services.nurture.usecases.erasing",
    "fulfillment": "services.fulfillment.usecases.erasing",
    "analytics": "services.analytics.erasing",
}


def exported(house: House) -> dict[str, dict[str, list[Any]]]:
    """What every room answers, as it goes over the wire."""
    with house.players["capture"].uow.begin() as tx:
        own = privacy.export(tx, house.person_id())
    request = ExportRequest(person_ids=own.person_ids, lead_ids=own.lead_ids, inquiry_ids=own.inquiry_ids)
    found = {"capture": own.tables}
    for room, module in OTHERS.items():
        with house.players[room].uow.begin() as tx:
            reply = ExportReply(tables=import_module(module).export(tx, request))
        found[room] = schema.load(ExportReply, orjson.loads(orjson.dumps(schema.dump(reply)))).tables
    return found


def test_an_export_holds_every_table_in_which_the_person_is_found_and_nobody_else(house: House, letters: Path) -> None:
    live_through_everything(house)
    held = {place for place in house.traces(letters) if not place.startswith("print folder")}

    found = exported(house)

    # The hashes and keys of a block say nothing to a person.
    assert held - {"capture.person_block"} <= {f"{room}.{table}" for room, tables in found.items() for table in tables}
    text = orjson.dumps(found).decode().lower()
    assert all(trace in text for trace in TRACES if trace != "mozilla/quandt")
    assert not [word for word in ("bob@anders", "carl@ames", "dora@dale") if word in text]
