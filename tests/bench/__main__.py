"""`make bench`: intake, the way through all rooms, memory, CPU and the floor, in one run on one private instance."""

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from deploy.demo.run import dealers_process
from deploy.stack import Stack
from deploy.stack.instance import REPOSITORY
from tests.bench import intake, machine, pipeline
from tests.bench.floor import Bare
from tests.bench.journal import Looker
from tests.bench.load import Senders, Task
from tests.bench.profiling import Sampling, program
from tests.bench.report import Report, show

FOLDER = REPOSITORY / ".leadbus" / "bench"
#: A sender may come 100 times a second: many send.
KEYS = 64
WARM_UP = 100
IDLE_SECONDS = 5.0
PROFILED_SECONDS = 15
SENDERS = 8


def main() -> int:
    """Returns 0 when everything could be measured."""
    given = _arguments()
    report = Report(f"python -m tests.bench {' '.join(sys.argv[1:])}".strip(), machine.description())
    shutil.rmtree(FOLDER, ignore_errors=True)
    said = _Said()
    dealers = dealers_process(Stack(FOLDER))
    environment = {"LEADBUS_WEBHOOK_STAND_IN": str(dealers.address), "LEADBUS_LOG_LEVEL": "WARNING"}
    stack = Stack(FOLDER, extra=(dealers,), environment=environment, progress=said.step)
    try:
        with stack, _senders() as senders:
            _measure(stack, senders, given, report, said)
    finally:
        if not given.keep:
            stack.instance.remove()
    report.load_after = [round(load, 2) for load in os.getloadavg()]
    show(report, Console(stderr=given.json, width=None if sys.stdout.isatty() else 180))
    if given.json:
        print(json.dumps(report.figures(), indent=2))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--leads", type=int, default=2000, help="inquiries sent through all rooms at once")
    parser.add_argument("--paced", type=int, default=400, help="inquiries sent at a steady rate; 0: none")
    parser.add_argument("--rate", type=float, default=0.0, help="that rate; default: half of what was reached")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement at the gateway; 0: none")
    parser.add_argument("--profile", metavar="PARTS", default="", help="sample these processes, as capture,router")
    parser.add_argument("--no-floor", action="store_true", help="leave the floor out")
    parser.add_argument("--json", action="store_true", help="print JSON, and the tables on standard error")
    parser.add_argument("--keep", action="store_true", help=f"keep {FOLDER.relative_to(REPOSITORY)} with its logs")
    given = parser.parse_args()
    if given.profile and not program():
        parser.error("py-spy is missing: uv pip install py-spy")
    return given


def _measure(stack: Stack, senders: Senders, given: argparse.Namespace, report: Report, said: "_Said") -> None:
    keys = [stack.new_key(f"bench-{number}", ["intake"], ["partner-agrimag"]) for number in range(KEYS)]
    port = stack.instance.port("gateway")
    if given.seconds:
        report.intakes = intake.alone(stack, senders, keys, given.seconds, said.part("intake"))
    with Looker(stack) as looker:
        warm = Task(port, keys, SENDERS, 1, WARM_UP)
        pipeline.run(stack, senders, looker, warm, said.part("warming up"))
        report.idle = _idle(stack, looker, said)
        burst = Task(port, keys, SENDERS, 100_000, given.leads)
        report.burst = pipeline.run(stack, senders, looker, burst, said.part("all at once"))
        if given.paced:
            report.paced_rate = given.rate or report.burst.rate / 2
            paced = Task(port, keys, SENDERS, 300_000, given.paced, rate=report.paced_rate)
            told = said.part(f"{report.paced_rate:.0f} per second")
            report.paced = pipeline.run(stack, senders, looker, paced, told)
        report.memory = dict(machine.pss_bytes(stack.processes))
        if not given.no_floor:
            _floors(stack, report, given.leads, said.part("floor"))
        if given.profile:
            again = Task(port, keys, SENDERS, 500_000, given.leads)
            _profile(stack, senders, looker, again, given.profile.split(","), report, said.part("profiling"))
    if given.seconds:
        at_work = intake.while_rooms_work(stack, senders, keys, given.seconds, said.part("intake"))
        report.intakes.append(at_work)


def _idle(stack: Stack, looker: Looker, said: "_Said") -> dict[str, float]:
    """Cores that each part uses while there is nothing to do."""
    said.step(f"idle for {IDLE_SECONDS:.0f} s")
    before, began = machine.cpu_seconds(stack.processes, looker.backends), time.perf_counter()
    time.sleep(IDLE_SECONDS)
    spent = machine.cpu_seconds(stack.processes, looker.backends) - before
    return {name: value / (time.perf_counter() - began) for name, value in spent.items()}


def _floors(stack: Stack, report: Report, leads: int, told: Callable[[str], None]) -> None:
    assert report.burst is not None
    bare = Bare(stack)
    try:
        told("messages alone")
        report.floors["messages"] = bare.messages_only(leads * 10)
        told("one row and one message, a transaction each")
        report.floors["singly"] = bare.singly(leads)
        told("one row and one message, batched")
        report.floors["batched"] = bare.batched(leads * 5)
        told("as many rows and messages as the rooms wrote")
        report.floors["same_work"] = bare.batched(leads, report.burst.rows_per_lead, report.burst.messages_per_lead)
    finally:
        bare.close()


def _profile(
    stack: Stack,
    senders: Senders,
    looker: Looker,
    task: Task,
    parts: list[str],
    report: Report,
    told: Callable[[str], None],
) -> None:
    pids = {name: pid for name, pid in stack.processes.items() if name in parts}
    sampling = Sampling(pids, stack.instance.part("profiles"), PROFILED_SECONDS)
    pipeline.run(stack, senders, looker, task, told)
    report.profiles = sampling.profiles()


@contextmanager
def _senders() -> Iterator[Senders]:
    senders = Senders()
    try:
        yield senders
    finally:
        senders.close()


class _Said:
    """Tells on standard error what is going on: each step, and within one no more than once in two seconds."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._at = 0.0

    def step(self, text: str) -> None:
        """Something else begins."""
        print(f"{time.monotonic() - self._began:6.1f} s  {text}", file=sys.stderr, flush=True)

    def part(self, title: str) -> Callable[[str], None]:
        """What tells of one part."""

        def told(text: str) -> None:
            if time.monotonic() - self._at > 2 or "under way" not in text:
                self._at = time.monotonic()
                self.step(f"{title}: {text}")

        return told


if __name__ == "__main__":
    sys.exit(main())
