"""How close together two copies of one submission are, and how long a lead is joined: each source may differ."""

from collections.abc import Callable
from pathlib import Path

import yaml

from services.capture.models import Inquiry, Person
from tests.integration.capture.desk import COMPANY, desk_on, form


def test_a_source_may_have_its_own_windows(room_database: Callable[[str], str], tmp_path: Path) -> None:
    company = tmp_path / "company"
    company.mkdir()
    for path in COMPANY.glob("*.yml"):
        (company / path.name).write_bytes(path.read_bytes())
    sources = yaml.safe_load((company / "sources.yml").read_text())
    sources["sources"]["website-contact"] |= {"same_submission_minutes": 60, "window_days": 2}
    (company / "sources.yml").write_text(yaml.safe_dump(sources))
    desk = desk_on(room_database("capture"), company)
    ann = {"your-name": "Ann Lee", "your-email": "ann@lee.example"}
    other = "website-catalogue"
    desk.receive(form(ann), form(ann, minutes=50), form(ann, minutes=4 * 24 * 60))
    desk.receive(form(ann, source=other, minutes=5 * 24 * 60), form(ann, source=other, minutes=5 * 24 * 60 + 50))

    outcomes = [row["outcome"] for row in sorted(desk.rows(Inquiry), key=lambda row: row["received_at"])]
    assert outcomes == ["registered", "duplicate", "registered", "responded", "responded"]
    assert len(desk.rows(Person)) == 1
    desk.engine.dispose()
