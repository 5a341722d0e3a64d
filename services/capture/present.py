"""The company's register as its files are now: a repair is judged by the mapping that was just put right."""

import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import structlog

from services.capture import company as companies
from services.capture.company_entry import CompanyError
from services.capture.domain.register import Company
from services.capture.usecases.campaigns import KnownCampaigns
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()

W = TypeVar("W")


class Present:
    """Reads the files again when one has changed. Files that cannot be used change nothing; the log says why."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._version: tuple[tuple[str, int], ...] = ()
        self._known: KnownCampaigns | None = None
        self._lock = threading.Lock()

    def company(self, tx: Transaction) -> Company:
        """The register, with the campaigns of the database. Raises CompanyError when it never could be read."""
        with self._lock:
            version = tuple((path.name, path.stat().st_mtime_ns) for path in sorted(self._folder.glob("*.yml")))
            if self._known is None or version != self._version:
                self._known = self._read(self._known)
                self._version = version
            known = self._known
        return known.current(tx)

    def given_to(self, work: Callable[..., None]) -> Callable[[Transaction, W], None]:
        """The handler `work`, which takes the company as a keyword, with the company as it is at each call."""
        return lambda tx, what: work(tx, what, company=self.company(tx))

    def _read(self, before: KnownCampaigns | None) -> KnownCampaigns:
        try:
            return KnownCampaigns(companies.load(self._folder))
        except CompanyError as error:
            if before is None:
                raise
            log.error("company_unusable", error=str(error))
            return before


@cache
def present(folder: Path) -> Present:
    """One per folder and process: a process has one database."""
    return Present(folder)
