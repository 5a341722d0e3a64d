"""Where a busy process spends its time, sampled by py-spy (a tool of developers: `uv pip install py-spy`)."""

import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

#: Functions shown.
TOP = 10
#: How our own frames are told from those of libraries.
OURS = ("(shared/", "(services/", "(gateway/")


@dataclass(frozen=True)
class Profile:
    """Shares of a process' busy time by function: in itself, with all that it calls, and by the last line of ours."""

    name: str
    samples: int
    itself: list[tuple[str, float]]
    in_all: list[tuple[str, float]]
    ours: list[tuple[str, float]]


def program() -> str | None:
    """The path of py-spy, if it is installed."""
    beside = Path(sys.executable).with_name("py-spy")
    return str(beside) if beside.exists() else shutil.which("py-spy")


class Sampling:
    """Samples processes while it lives; `profiles` ends it."""

    def __init__(self, pids: dict[str, int], folder: Path, seconds: int) -> None:
        self._files = {name: folder / f"{name}.samples" for name in pids}
        self._running = [
            subprocess.Popen(
                [
                    str(program()), "record", "--pid", str(pid), "--duration", str(seconds), "--rate", "200",
                    "--nonblocking", "--subprocesses", "--format", "raw", "--output", str(self._files[name]),
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for name, pid in pids.items()
        ]  # fmt: skip

    def profiles(self) -> list[Profile]:
        """Waits for the end of the sampling."""
        for one in self._running:
            one.wait()
        return [_profile(name, file.read_text()) for name, file in self._files.items() if file.exists()]


def _profile(name: str, raw: str) -> Profile:
    itself: Counter[str] = Counter()
    in_all: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    samples = 0
    for line in raw.splitlines():
        stack, _, number = line.rpartition(" ")
        frames = [frame for frame in stack.split(";") if frame and not frame.startswith("process ")]
        if not frames:
            continue
        count = int(number)
        samples += count
        itself[frames[-1]] += count
        in_all.update(dict.fromkeys(frames, count))
        ours.update(dict.fromkeys([frame for frame in frames if any(part in frame for part in OURS)][-1:], count))
    return Profile(name, samples, *(_shares(counted, samples) for counted in (itself, in_all, ours)))


def _shares(counted: Counter[str], samples: int) -> list[tuple[str, float]]:
    return [(function, count / samples) for function, count in counted.most_common(TOP if samples else 0)]
