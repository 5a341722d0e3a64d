"""`python -m tests.bench.prediction`: what a prediction costs per lead, and what training costs, in CPU time."""

import argparse
import json
import os
import resource
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from services.qualify.company import load_rules
from services.qualify.domain.history import History, Response
from services.qualify.prediction.learning.candidates import CANDIDATES, fit
from services.qualify.prediction.learning.table import Table
from services.qualify.prediction.learning.training import train
from services.qualify.prediction.model import Model
from services.qualify.prediction.predictor import ModelPredictor
from services.qualify.prediction.settings import Settings
from tests.unit.qualify.prediction.companies import START, Known, company

COMPANY = Path(__file__).parents[2] / "deploy" / "company"
PERSON = {
    "state": "IA", "country": "US", "language": "en",
    "has_email": True, "has_phone": True, "has_company": True, "mailable": True,
}  # fmt: skip


def main() -> int:
    """Prints the figures. Returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.prediction", description=__doc__)
    parser.add_argument("--leads", type=int, default=20_000, help="closed leads that are learnt from")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    examples = list(company(given.leads))
    table = Table.of(known.example for known in examples)
    figures: dict[str, Any] = {"leads": given.leads, "load": round(os.getloadavg()[0], 1)}
    began = time.process_time()
    trained = train(table, Settings())
    figures["training"] = {"cpu_seconds": round(time.process_time() - began, 1), "chosen": trained.card["name"]}
    figures["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    figures["models"] = {candidate.name: _model(candidate, table, examples, trained.model) for candidate in CANDIDATES}
    figures["lead"] = _lead(trained.model)
    if given.json:
        print(json.dumps(figures, indent=2))
    else:
        _tell(figures)
    return 0


def _model(candidate: Any, table: Table, examples: list[Known], like: Model) -> dict[str, float]:
    """A model of this kind: microseconds of CPU per prediction with reasons, and how large it is in the database."""
    import numpy as np

    fitted = fit(candidate, table, np.arange(len(table)))
    model = Model(candidate.kind, 2.0, fitted.fields, fitted.core, like.calibration)
    values = [model.read(known.example.facts) for known in examples[:2_000]]
    return {
        "microseconds": _each(lambda: [model.explained(each) for each in values], len(values)),
        "kilobytes": round(len(json.dumps(model.document())) / 1024, 1),
    }


def _lead(model: Model) -> dict[str, float]:
    """From all that was heard of a lead to its chance and reasons, as the room does it."""
    rules, predictor = load_rules(COMPANY), ModelPredictor(model)
    answers = {"role": "owner", "timing": "now", "acres": "640", "budget": "60000", "need": "a dryer"}
    response = Response(
        uuid4(), START, START, "website-contact", "form", "web", "website", ("grain-dryer",), None, answers, PERSON
    )
    history, as_of = History(responses=(response,)), START + timedelta(hours=1)
    return {"microseconds": _each(lambda: [predictor.predict(history, rules, as_of) for _ in range(2_000)], 2_000)}


def _each(work: Callable[[], object], times: int) -> float:
    """Microseconds of CPU for each: the best of three, for what disturbs only adds."""
    costs = []
    for _ in range(3):
        began = time.process_time()
        work()
        costs.append((time.process_time() - began) / times)
    return round(1e6 * min(costs), 1)


def _tell(figures: dict[str, Any]) -> None:
    training = figures["training"]
    print(f"training on {figures['leads']} leads: {training['cpu_seconds']} s of CPU, chosen {training['chosen']}")
    print(f"peak memory: {figures['peak_mb']} MB; load {figures['load']}")
    for name, one in figures["models"].items():
        print(f"{name:32} {one['microseconds']:8.1f} µs a prediction  {one['kilobytes']:8.1f} kB")
    print(f"{'a whole lead, from its history':32} {figures['lead']['microseconds']:8.1f} µs")


if __name__ == "__main__":
    raise SystemExit(main())
