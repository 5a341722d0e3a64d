"""The fulfilment house: print jobs dropped in its hot folder, each whole or not at all, and each once."""

import io
import os
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from services.fulfillment.channels.ticket import LETTER_FILE, MANIFEST_FILE, TICKET_FILE, Job, manifest, ticket

#: Where the folder remembers what was dropped, after the house has taken it away.
DROPPED = ".dropped"
#: A zip cannot say "no time"; a fixed one makes the same job the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def job_id(piece_id: UUID) -> str:
    """The house's number for the piece: the same piece is always the same job, so a twin is noticed there too."""
    return f"LB-{piece_id.hex.upper()}"


@dataclass(frozen=True)
class HotFolder:
    """A folder that the house polls for `<job id>.zip`."""

    path: Path

    def holds(self, name: str) -> bool:
        """Whether the job was dropped before, even if the house has taken it since."""
        return self._target(name).exists() or self._mark(name).exists()

    def drop(self, job: Job) -> bool:
        """Puts the job into the folder under its name in one step. False when it was dropped before."""
        (self.path / DROPPED).mkdir(parents=True, exist_ok=True)
        if self.holds(job.job_id):
            self._mark(job.job_id).touch()
            return False
        draft = self.path / f".{job.job_id}.{uuid.uuid4().hex}.part"
        try:
            _write(draft, _zipped(job))
            # rename, not link: some network folders know no hard links. A crash after it finds the file or the mark.
            os.replace(draft, self._target(job.job_id))
        finally:
            draft.unlink(missing_ok=True)
        self._mark(job.job_id).touch()
        _sync(self.path)
        _sync(self.path / DROPPED)
        return True

    def withdraw(self, piece_id: UUID) -> bool:
        """Destroys the piece's job, unless the house has taken it. False when it is not there."""
        name = job_id(piece_id)
        for draft in self.path.glob(f".{name}.*.part"):
            draft.unlink(missing_ok=True)
        try:
            self._target(name).unlink()
        except FileNotFoundError:
            return False
        return True

    def _target(self, name: str) -> Path:
        return self.path / f"{name}.zip"

    def _mark(self, name: str) -> Path:
        return self.path / DROPPED / name


def _zipped(job: Job) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            (LETTER_FILE, job.pdf),
            (TICKET_FILE, ticket(job)),
            (MANIFEST_FILE, manifest(job)),
        ):
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
