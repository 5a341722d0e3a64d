"""What the processes of an instance cost, from /proc: CPU time and memory, by part."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import psutil

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(roots: Mapping[str, int], without: Iterable[int] = ()) -> Counter[str]:
    """CPU seconds so far, by part: each root with all its descendants, also those that have ended.

    Backends of the database count for the room that they serve. `without` are pids that do not count: our own
    connections to the database.
    """
    spent: Counter[str] = Counter()
    for name, pid in _members(roots):
        if pid not in set(without):
            spent[name] += _cpu_of(pid)
    return spent


def pss_bytes(roots: Mapping[str, int]) -> Counter[str]:
    """Memory by part: each page that several processes share counts in equal parts for each of them."""
    held: Counter[str] = Counter()
    for name, pid in _members(roots):
        try:
            held[name] += psutil.Process(pid).memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return held


def _members(roots: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    for name, pid in roots.items():
        try:
            below = psutil.Process(pid).children(recursive=True)
        except psutil.NoSuchProcess:
            continue
        yield name, pid
        for child in below:
            yield _part(name, child.pid), child.pid


def _part(name: str, pid: int) -> str:
    """The part that a child of the root `name` counts for."""
    if name == "fulfillment":
        return "fulfillment's press"
    if name != "database":
        return name
    try:
        title = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").split()
    except OSError:
        return name
    role = title[1] if len(title) > 1 else ""
    return f"database of {role.rpartition('_')[2]}" if role.startswith("leadbus_") else name


def _cpu_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    # utime, stime, and both of the children that have ended and were waited for.
    return sum(map(int, fields[11:15])) / _TICKS


def description() -> dict[str, object]:
    """Where and when this was measured, and how busy the machine is with other things."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "time": datetime.now(UTC).isoformat(timespec="minutes"),
        "cores": os.cpu_count(),
        "processor": names[0].partition(":")[2].strip() if names else "unknown",
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


class Others:
    """How much of the machine's CPU time went to processes that are not ours."""

    def __init__(self) -> None:
        self._began = self._busy()

    def cores(self, seconds: float, ours: float) -> float:
        """Cores on average that others used in the last `seconds`, of which we used `ours` CPU seconds."""
        return max(0.0, (self._busy() - self._began - ours) / seconds)

    def _busy(self) -> float:
        times = psutil.cpu_times()
        return sum(times) - times.idle - times.iowait - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
