"""The certificate of the mail door: with one STARTTLS is offered, and a renewed one holds without a restart."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger()


class CertificateError(ValueError):
    """The certificate cannot be used; the message names the file and what is wrong with it."""


@dataclass
class Certificate:
    """A chain and its key in PEM files, which may be one file."""

    chain: Path
    key: Path
    _context: ssl.SSLContext = field(init=False)
    _version: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Raises CertificateError."""
        self._version = self._on_disk()
        self._context = self._loaded()

    @classmethod
    def at(cls, chain: str, key: str) -> "Certificate | None":
        """The certificate in these files; None without a chain. Raises CertificateError."""
        return cls(Path(chain), Path(key or chain)) if chain else None

    def context(self) -> ssl.SSLContext:
        """For the next connection. Files that are being replaced, or are broken, leave the one before in use."""
        version = self._on_disk()
        if version and version != self._version:
            self._version = version
            try:
                self._context = self._loaded()
            except CertificateError as error:
                log.error("certificate_unreadable", error=str(error))
        return self._context

    def _loaded(self) -> ssl.SSLContext:
        # No version before TLS 1.2, no renegotiation, no compression: Python's own defaults for a server.
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self.chain, self.key)
        except (OSError, ssl.SSLError) as error:
            reason = getattr(error, "reason", None) or error.strerror or type(error).__name__
            raise CertificateError(f"{self.chain} with {self.key}: {reason}") from None
        return context

    def _on_disk(self) -> tuple[int, ...]:
        try:
            found = [path.stat() for path in (self.chain, self.key)]
        except OSError:
            return ()
        return tuple(part for status in found for part in (status.st_mtime_ns, status.st_ino))
