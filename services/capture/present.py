"""The company's register as its files are now: a repair is judged by the mapping that was just put right."""

import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import structlog

from services.capture import company as companies
from services.capture.domain.register import Company
from services.capture.usecases.campaigns import KnownCampaigns
from shared.company_file import CompanyError
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()

W = TypeVar("W")


class Present:
    """Reads the files again when one has changed. Files that cannot be used change nothing; the log says why, and
    `remarks` says so until they are put right.

    Where files are looked at for every batch of inquiries, `quiet_seconds` keeps the looks apart, and waits until
    nobody writes any more: half a file may be a register, too.
    """

    def __init__(self, folder: Path, quiet_seconds: float = 0.0, now: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._quiet_seconds = quiet_seconds
        self._now = now
        self._looked_at = 0.0
        self._version: tuple[tuple[str, int], ...] = ()
        self._known: KnownCampaigns | None = None
        self._problem: str | None = None
        self._lock = threading.Lock()

    def company(self, tx: Transaction) -> Company:
        """The register, with the campaigns of the database. Raises CompanyError when it never could be read."""
        with self._lock:
            known = self._up_to_date()
        return known.current(tx)

    def given_to(self, work: Callable[..., None]) -> Callable[[Transaction, W], None]:
        """The handler `work`, which takes the company as a keyword, with the company as it is at each call."""
        return lambda tx, what: work(tx, what, company=self.company(tx))

    def remarks(self) -> list[str]:
        """What an operator should know: the files are not what is used."""
        return [f"the files of the company cannot be used, the register before them is: {self._problem}"] * (
            self._problem is not None
        )

    def _up_to_date(self) -> KnownCampaigns:
        now = self._now()
        if self._known is not None and now - self._looked_at < self._quiet_seconds:
            return self._known
        self._looked_at = now
        version = self._on_disk()
        quiet = all(abs(now - changed / 1e9) >= self._quiet_seconds for _, changed in version)
        if self._known is None or (version and version != self._version and quiet):
            self._known = self._read(self._known)
            self._version = version
        return self._known

    def _on_disk(self) -> tuple[tuple[str, int], ...]:
        try:
            return tuple((path.name, path.stat().st_mtime_ns) for path in sorted(self._folder.glob("*.yml")))
        except OSError:
            # One was being replaced: the next look sees it whole.
            return ()

    def _read(self, before: KnownCampaigns | None) -> KnownCampaigns:
        try:
            found = companies.load(self._folder)
            if before is not None and not found.sources:
                raise CompanyError(f"{companies.SOURCES}: sources: none is left; every inquiry would be set aside")
        except CompanyError as error:
            if before is None:
                raise
            self._problem = str(error)
            log.error("company_unusable", error=self._problem)
            return before
        self._problem = None
        if before is not None:
            log.info("company_read_again", version=found.version)
        return KnownCampaigns(found)


@cache
def present(folder: Path) -> Present:
    """One per folder and process: a process has one database."""
    return Present(folder)
