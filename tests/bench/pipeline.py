"""Sends inquiries, waits until they are through all rooms, and reckons what that took."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.stack import Stack
from tests.bench.journal import Looker, Progress
from tests.bench.load import Senders, Sent, Task, percentile
from tests.bench.machine import Others, cpu_seconds

#: The outside world: their work is not ours.
OUTSIDE = ("mail", "dealers")
LOOK_SECONDS = 0.25
#: Nothing may have changed for so long before everything counts as done.
STILL_SECONDS = 1.5
LONGEST_SECONDS = 900.0


@dataclass
class Run:
    """One run of inquiries through all rooms. CPU in seconds, by part, outside world apart."""

    inquiries: int
    leads: int
    sent: Sent
    #: Until all were registered, scored, owned and answered; and until also deliveries and letters were done.
    through_seconds: float
    settled_seconds: float
    cpu_through: Counter[str]
    cpu_settled: Counter[str]
    outside: Counter[str]
    others_cores: float
    events: int
    written: Counter[str]
    rows: Counter[str]
    kinds: dict[str, int]
    ways: dict[str, list[float]] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Inquiries per second through all rooms."""
        return self.inquiries / self.through_seconds

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds per inquiry until all work on it was done."""
        return self.cpu_settled.total() / self.inquiries * 1000

    @property
    def cpu_ms_through(self) -> float:
        """CPU milliseconds per inquiry until all were through."""
        return self.cpu_through.total() / self.inquiries * 1000

    @property
    def rows_per_lead(self) -> float:
        """Rows inserted, updated or deleted."""
        return self.rows.total() / self.inquiries

    @property
    def messages_per_lead(self) -> float:
        """The intake, and every event published."""
        return 1 + self.events / self.inquiries

    def way(self, kind: str, share: float) -> float:
        """Seconds within which `share` of the leads had come to `kind`."""
        return percentile(self.ways[kind], share)


@dataclass(frozen=True)
class _Look:
    progress: Progress
    at: float
    cpu: Counter[str]


class NotThrough(RuntimeError):
    """Some inquiries did not get through all rooms in time."""


def run(stack: Stack, senders: Senders, looker: Looker, task: Task, told: Callable[[str], None]) -> Run:
    """Sends `task` once and waits for all of it. Raises NotThrough."""
    senders.prepare(task)
    before, written, rows = looker.progress(), looker.written(), looker.rows()
    kinds, since, others = Counter(looker.kinds()), looker.now(), Others()
    roots = stack.processes
    cpu, began = cpu_seconds(roots, looker.backends), time.perf_counter()
    sent = senders.send(task)
    if set(sent.statuses) != {202}:
        raise NotThrough(f"the gateway answered {dict(sent.statuses)}")
    through, settled = _wait(roots, looker, before.accounted + task.count, began, told)
    spent = settled.cpu - cpu
    others_cores = others.cores(time.perf_counter() - began, spent.total() + sent.cpu)
    time.sleep(STILL_SECONDS)  # backends tell their counts once a second
    return Run(
        inquiries=task.count,
        leads=settled.progress.leads - before.leads,
        sent=sent,
        through_seconds=through.at - began,
        settled_seconds=settled.at - began,
        cpu_through=_ours(through.cpu - cpu),
        cpu_settled=_ours(spent),
        outside=Counter({name: spent[name] for name in OUTSIDE}),
        others_cores=others_cores,
        events=settled.progress.events - before.events,
        written=looker.written() - written,
        rows=looker.rows() - rows,
        kinds=dict(Counter(looker.kinds()) - kinds),
        ways=looker.ways(since),
    )


def _wait(
    roots: dict[str, int], looker: Looker, inquiries: int, began: float, told: Callable[[str], None]
) -> tuple[_Look, _Look]:
    """The first look at which all were through, and the first after which nothing changed any more."""
    through: _Look | None = None
    last = _look(roots, looker)
    while time.perf_counter() < began + LONGEST_SECONDS:
        now = _look(roots, looker)
        if now.progress != last.progress:
            last = now
        if through is None and now.progress.is_through(inquiries):
            through = now
        if through is not None and last.progress.is_settled and now.at - last.at > STILL_SECONDS:
            return through, last
        far = now.progress
        told(
            f"{far.accounted} of {inquiries} registered, {far.scored} scored, {far.owned} owned, {far.answered} "
            f"answered, {far.open_effects} pieces and deliveries under way"
        )
        time.sleep(LOOK_SECONDS)
    raise NotThrough(f"after {LONGEST_SECONDS:.0f} s: {last.progress}")


def _look(roots: dict[str, int], looker: Looker) -> _Look:
    return _Look(looker.progress(), time.perf_counter(), cpu_seconds(roots, looker.backends))


def _ours(spent: Counter[str]) -> Counter[str]:
    return Counter({name: seconds for name, seconds in spent.items() if name not in OUTSIDE})
