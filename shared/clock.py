"""The one clock. A local stack can move it forward, so that two years of nurturing can be watched in a minute."""

import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the business time. Leases and time-outs between processes use real time, never this."""

    def now(self) -> datetime:
        """The present moment, in UTC."""


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)


@dataclass
class OffsetClock:
    """Real time plus the number of seconds in a file, which is read again when it changes.

    The file is looked at once in `refresh_seconds` at most, so that asking for the time stays cheap.
    """

    path: Path
    refresh_seconds: float = 0.2
    _offset: timedelta = field(default=timedelta(0), init=False)
    _read_at: float = field(default=float("-inf"), init=False)

    def now(self) -> datetime:
        """The present moment, in UTC."""
        if time.monotonic() - self._read_at > self.refresh_seconds:
            self._offset = timedelta(seconds=read_offset(self.path))
            self._read_at = time.monotonic()
        return datetime.now(UTC) + self._offset


def read_offset(path: Path) -> float:
    """Seconds in the offset file; 0 when there is none."""
    try:
        return float(path.read_text().strip() or 0)
    except FileNotFoundError:
        return 0.0


def write_offset(path: Path, seconds: float) -> None:
    """Moves the clock of every process that reads `path`."""
    draft = path.with_suffix(".new")
    draft.write_text(f"{seconds}\n")
    os.replace(draft, path)


def from_setting(path: str) -> Clock:
    """The clock that LEADBUS_CLOCK_FILE asks for: real time when the setting is empty."""
    return OffsetClock(Path(path)) if path else SystemClock()
