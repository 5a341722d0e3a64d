"""API keys: `lb_<id>_<secret>`. The file holds only hashes.

It is read again when it changes, so that a revoked key ends at once (at the server: within FRESH_SECONDS).
"""

import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any

import structlog
import yaml

from shared.secret import Secret

log = structlog.get_logger()

#: See the rules; publish and revert them; approve them for one of the two parties that must.
RULE_SCOPES = frozenset({"rules:read", "rules:write", "rules:approve:marketing", "rules:approve:sales"})
#: intake: send inquiries. read: see leads and figures. manage: quarantine, ledger, consent. privacy: export and erasure
#: of people. assign: give leads to another owner. screening: take leads in hand, see whom to call, say what was found.
#: prediction: put models to work. status: say how leads stand, for the owners
#: among its sources (`owner:<id>`).
SCOPES = frozenset({"intake", "read", "manage", "privacy", "assign", "screening", "prediction", "status"}) | RULE_SCOPES
SECRET_BYTES = 24
#: A server under load looks at the file this often, not at every request.
FRESH_SECONDS = 0.2
#: In a key's list of sources: the key may name any.
ANY_SOURCE = "*"
_PREFIX = "lb_"
#: Compared when the id is unknown, so that the answer takes the same time.
_NOBODY = hashlib.sha256(b"").hexdigest()


class KeyFileError(ValueError):
    """The key file is not what it must be; the message names the entry and the field."""


@dataclass(frozen=True)
class Key:
    """One API key. `hash` is the SHA-256 of the secret, in hex; the secret itself is random and is shown once."""

    id: str
    name: str
    hash: str
    scopes: frozenset[str]
    sources: tuple[str, ...] = ()
    revoked: bool = False
    #: Where the secret is kept with which its holder signs every request that sends something; None: the key is enough.
    signed_with: Secret | None = None


def issue(id: str, name: str, scopes: Iterable[str], sources: Iterable[str] = ()) -> tuple[Key, str]:
    """A new key, and the text that its holder sends. Raises KeyFileError when a part of it is not allowed.

    `sources` are those that the key may send for. An intake key without any may name whichever it likes.
    """
    if "intake" in (scopes := frozenset(scopes)):
        sources = tuple(sources) or (ANY_SOURCE,)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    entry = {"id": id, "name": name, "hash": digest, "scopes": sorted(scopes), "sources": list(sources)}
    return _checked(entry, "new key"), f"{_PREFIX}{id}_{secret}"


def load(path: Path) -> dict[str, Key]:
    """The keys of a file, by id; none when there is no file. Raises KeyFileError."""
    try:
        entries = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise KeyFileError(f"{path.name}: not YAML: {error}") from error
    if not isinstance(entries, list | None):
        raise KeyFileError(f"{path.name}: a list of keys is required")
    keys = [_checked(entry, f"{path.name}, key {number}", path.parent) for number, entry in enumerate(entries or (), 1)]
    return {key.id: key for key in keys}


def save(path: Path, keys: Iterable[Key]) -> None:
    """Replaces the file at once; only its owner may read it."""
    entries = [_entry(key) for key in keys]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        yaml.safe_dump(entries, file, sort_keys=False)
    draft.replace(path)


def _entry(key: Key) -> dict[str, Any]:
    signing = {"signed": True, "secret": key.signed_with.entry()} if key.signed_with else {}
    return {
        "id": key.id,
        "name": key.name,
        "hash": key.hash,
        "scopes": sorted(key.scopes),
        "sources": list(key.sources),
        "revoked": key.revoked,
        **signing,
    }


@dataclass
class KeyRing:
    """The keys of a file as they are now."""

    path: Path
    #: What was read of the file is believed for so long, by a key that it proves; any other key has it looked at anew.
    fresh_seconds: float = 0.0
    _looked: float = field(default=-inf, init=False)
    _keys: dict[str, Key] = field(default_factory=dict, init=False)
    _version: tuple[int, int] | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def authenticate(self, presented: str) -> Key | None:
        """The key that `presented` proves, unless it is revoked or unknown."""
        if time.monotonic() - self._looked < self.fresh_seconds and (key := _proven(self._keys, presented)):
            return key
        return _proven(self._current(), presented)

    def _current(self) -> dict[str, Key]:
        now, version = time.monotonic(), _version_of(self.path)
        with self._lock:
            self._looked = now
            if version != self._version:
                self._reread(version)
            return self._keys

    def _reread(self, version: tuple[int, int] | None) -> None:
        try:
            self._keys = load(self.path)
        except (KeyFileError, OSError) as error:
            # A file that cannot be read must neither let everybody in nor shut everybody out: the last good one counts.
            log.error("key_file_unreadable", error=str(error))
        self._version = version


def _proven(keys: Mapping[str, Key], presented: str) -> Key | None:
    identity, _, secret = presented.removeprefix(_PREFIX).partition("_")
    key = keys.get(identity) if presented.startswith(_PREFIX) else None
    digest = hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
    proven = hmac.compare_digest(digest, key.hash if key else _NOBODY)
    return key if key and proven and secret and not key.revoked else None


def _version_of(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_ino


def _checked(entry: Any, place: str, folder: Path = Path()) -> Key:
    if not isinstance(entry, dict):
        raise KeyFileError(f"{place}: id, name, hash and scopes are required")
    for name in ("id", "name", "hash"):
        if not isinstance(entry.get(name), str) or not entry[name]:
            raise KeyFileError(f"{place}: `{name}` must be a text")
    if not entry["id"].isalnum() or not entry["id"].isascii():
        raise KeyFileError(f"{place}: `id` may hold letters and digits only: {entry['id']!r}")
    unknown = set(entry.get("scopes") or ()) - SCOPES
    if unknown:
        raise KeyFileError(f"{place}: unknown scope {sorted(unknown)[0]!r}; there are {', '.join(sorted(SCOPES))}")
    sources = entry.get("sources") or ([entry["source"]] if entry.get("source") else [])
    return Key(
        id=entry["id"],
        name=entry["name"],
        hash=entry["hash"].lower(),
        scopes=frozenset(entry.get("scopes") or ()),
        sources=tuple(sources),
        revoked=bool(entry.get("revoked", False)),
        signed_with=_signing(entry, place, folder),
    )


def _signing(entry: dict[str, Any], place: str, folder: Path) -> Secret | None:
    if not entry.get("signed"):
        return None
    try:
        return Secret.parse(entry.get("secret"), folder)
    except ValueError as error:
        raise KeyFileError(f"{place}: `secret` {error}") from None
