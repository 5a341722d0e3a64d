"""Where inquiries wait on disk while the broker is away.

Append-only files in one folder. Several waiting requests share one fsync. A file belongs to the process that holds its
lock; the files of a dead process are adopted by the next one. A file is deleted only by whoever drained it.
"""

import errno
import fcntl
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from gateway.segment import Record, Scan, encode, new_mark, opening, scan

log = structlog.get_logger()

SUFFIX = ".segment"
DAMAGED = ".damaged"
#: A file is closed at this size, so that the disk is given back piece by piece.
SEGMENT_BYTES = 8 << 20
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class SpoolRefused(Exception):
    """The spool cannot keep the record: nothing was promised, the sender must try again."""


class SpoolFull(SpoolRefused):
    """The spool has reached its bound, or the disk has."""


class SpoolBroken(SpoolRefused):
    """The disk failed."""


@dataclass
class Segment:
    """One locked file of the spool."""

    path: Path
    descriptor: int
    size: int
    created: float

    def read(self) -> Scan:
        """Everything in it."""
        return scan(self.path.read_bytes())


@dataclass
class _Waiting:
    record: Record
    done: bool = False
    error: SpoolRefused | None = None


@dataclass
class Spool:
    """The spool of one process, for any number of threads."""

    folder: Path
    max_bytes: int
    segment_bytes: int = SEGMENT_BYTES
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False)
    _waiting: list[_Waiting] = field(default_factory=list, init=False)
    _writing: bool = field(default=False, init=False)
    _seal_wanted: bool = field(default=False, init=False)
    _active: tuple[Segment, bytes] | None = field(default=None, init=False)
    _sealed: list[Segment] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for draft in self.folder.glob(".*" + SUFFIX):
            _remove_if_orphan(draft)
        self.adopt()

    # Writing

    def append(self, record: Record) -> None:
        """Keeps a record. When this returns, the record is on the disk. Raises SpoolRefused when it is not."""
        mine = _Waiting(record)
        with self._changed:
            self._waiting.append(mine)
            while self._writing and not mine.done:
                self._changed.wait()
            if not mine.done:
                # Nobody is writing: this thread writes for all who wait by now, with one fsync.
                self._writing = True
                batch, self._waiting = self._waiting, []
        if not mine.done:
            self._write_for(batch)
        if mine.error is not None:
            raise mine.error

    def _write_for(self, batch: list[_Waiting]) -> None:
        error: SpoolRefused | None = SpoolBroken("the writer stopped")
        try:
            error = self._write([waiting.record for waiting in batch])
        finally:
            with self._changed:
                for waiting in batch:
                    waiting.done, waiting.error = True, error
                self._writing = False
                if self._seal_wanted:
                    self._seal()
                self._changed.notify_all()

    def _write(self, records: list[Record]) -> SpoolRefused | None:
        size = sum(len(record.header) + len(record.body) for record in records)
        if self.bytes + size > self.max_bytes:
            return SpoolFull(f"{self.bytes} of {self.max_bytes} bytes are in use")
        try:
            segment, mark = self._active_segment()
            data = b"".join(encode(mark, record) for record in records)
            self._write_through(segment, data)
        except OSError as problem:
            log.error("spool_write_failed", error=errno.errorcode.get(problem.errno or 0, str(problem.errno)))
            # The state of the file is not certain now: what it holds stays, nothing more is added.
            self._seal()
            kind = SpoolFull if problem.errno in _NO_SPACE else SpoolBroken
            return kind(problem.strerror or "the disk failed")
        segment.size += len(data)
        if segment.size >= self.segment_bytes:
            self._seal()
        return None

    def _write_through(self, segment: Segment, data: bytes) -> None:
        try:
            _write_all(segment.descriptor, data)
            os.fsync(segment.descriptor)
        except OSError:
            # What was written in part must not lie before the next record, nor be sent after its sender was refused.
            os.ftruncate(segment.descriptor, segment.size)
            raise

    def _active_segment(self) -> tuple[Segment, bytes]:
        if self._active is None:
            mark = new_mark()
            self._active = _create(self.folder, opening(mark)), mark
        return self._active

    def _seal(self) -> None:
        with self._changed:
            self._seal_wanted = False
            if self._active is not None:
                self._sealed.append(self._active[0])
                self._active = None

    # Draining

    def oldest(self) -> Segment | None:
        """The oldest file that is closed for writing. When there is none, the open one is closed as soon as may be."""
        with self._changed:
            if not self._sealed and self._writing:
                self._seal_wanted = True
            elif not self._sealed:
                self._seal()
            return min(self._sealed, key=lambda segment: segment.path.name, default=None)

    def discard(self, segment: Segment, keep_damaged: bool = False) -> None:
        """Removes a drained file; one with damage between its records is set aside for a person to look at."""
        with self._changed:
            self._sealed.remove(segment)
        if keep_damaged:
            segment.path.rename(segment.path.with_suffix(DAMAGED))
        else:
            segment.path.unlink(missing_ok=True)
        _sync_folder(self.folder)
        os.close(segment.descriptor)

    def adopt(self) -> int:
        """Takes over the files of processes that have ended. Returns how many."""
        with self._changed:
            known = {segment.path for segment in self._owned()}
        found = [_lock_orphan(path) for path in sorted(self.folder.glob("[0-9]*" + SUFFIX)) if path not in known]
        adopted = [segment for segment in found if segment is not None]
        with self._changed:
            self._sealed.extend(adopted)
        if adopted:
            log.info("spool_adopted", segments=len(adopted), bytes=sum(segment.size for segment in adopted))
        return len(adopted)

    def close(self) -> None:
        """Gives the files back: whoever comes next adopts them."""
        with self._changed:
            self._seal()
            segments, self._sealed = self._sealed, []
        for segment in segments:
            os.close(segment.descriptor)

    # State

    @property
    def bytes(self) -> int:
        """Size of all files of this process."""
        return sum(segment.size for segment in self._owned())

    @property
    def empty(self) -> bool:
        return not self._owned()

    @property
    def oldest_age(self) -> float:
        """Seconds since the oldest file was begun; 0 when the spool is empty."""
        created = min((segment.created for segment in self._owned()), default=None)
        return 0.0 if created is None else max(time.time() - created, 0.0)

    def writable(self) -> bool:
        """Whether a record could be kept now."""
        return self.bytes < self.max_bytes and os.access(self.folder, os.W_OK)

    def _owned(self) -> list[Segment]:
        active = self._active
        return [*self._sealed, active[0]] if active else list(self._sealed)


def _create(folder: Path, first_bytes: bytes) -> Segment:
    """A new locked file. It gets its name when it is locked, so that nobody takes it for an orphan in between."""
    name = f"{time.time_ns():020d}-{os.getpid()}{SUFFIX}"
    draft = folder / f".{name}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _write_all(descriptor, first_bytes)
        os.fsync(descriptor)
        draft.rename(folder / name)
        _sync_folder(folder)
    except OSError:
        draft.unlink(missing_ok=True)
        os.close(descriptor)
        raise
    return Segment(folder / name, descriptor, len(first_bytes), time.time())


def _lock_orphan(path: Path) -> Segment | None:
    """The file, locked for this process; None when another process has it or has just drained it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        status = os.fstat(descriptor)
        if status.st_nlink:
            return Segment(path, descriptor, status.st_size, status.st_mtime)
    except BlockingIOError:
        pass
    os.close(descriptor)
    return None


def _remove_if_orphan(draft: Path) -> None:
    """Removes a file that its process did not live to name: nothing in it was promised to anybody."""
    orphan = _lock_orphan(draft)
    if orphan is not None:
        draft.unlink(missing_ok=True)
        os.close(orphan.descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
