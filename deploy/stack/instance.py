"""One private instance: a folder, what it remembers, and its ports.

Everything that an instance owns lies under its folder, so that deleting the folder deletes the instance.
The one exception is a database whose user may not enter the folder (see `postgres.py`); that place is
remembered here.
"""

import fcntl
import hashlib
import json
import os
import random
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
DEFAULT_FOLDER = REPOSITORY / ".leadbus" / "local"


#: Below the range from which Linux takes ports for outgoing connections (32768 and up): while one of our servers is
#: restarted, nobody else's connection can slip into its place.
PORTS = range(20_000, 32_000)


class Instance:
    """The folder of a private instance, and its memory in `state.json` (readable by the owner only)."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder).resolve()

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def short_hash(self) -> str:
        """Ten characters that tell this folder from every other on the machine."""
        return hashlib.sha256(str(self.folder).encode()).hexdigest()[:10]

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def run(self) -> Path:
        """Where recorded process ids and generated configuration lie."""
        return self.folder / "run"

    def make_folders(self) -> None:
        """What must be there before anything is started. Only looking at an instance makes none."""
        self.part("log")
        self.part("run")

    def part(self, name: str) -> Path:
        """The sub-folder `name`, made when it is missing."""
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def remember(self, key: str, value: Any) -> None:
        """Keep `value` under `key`, so that a later command finds it."""
        with self._locked("state.lock"):
            state = self._state()
            state[key] = value
            self._write(state)

    def recall(self, key: str, default: Any = None) -> Any:
        return self._state().get(key, default)

    def secret(self, name: str) -> str:
        """A random secret of 192 bits that stays the same for the life of the instance."""
        with self._locked("state.lock"):
            state = self._state()
            known = state.setdefault("secrets", {})
            if name not in known:
                known[name] = secrets.token_urlsafe(24)
                self._write(state)
            return str(known[name])

    def port(self, name: str) -> int:
        """The port remembered for `name`; chosen among the free ones the first time."""
        with self._locked("state.lock"):
            state = self._state()
            ports = state.setdefault("ports", {})
            if name not in ports:
                ports[name] = _free_port(taken=set(ports.values()))
                self._write(state)
            return int(ports[name])

    def taken_ports(self) -> dict[str, int]:
        """The remembered ports that somebody uses. In an instance that is down it is somebody else."""
        return {name: port for name, port in self.recall("ports", {}).items() if not _is_free(port)}

    def forget_taken_ports(self) -> None:
        """Let others be chosen for the taken ones. Only for an instance that is down."""
        taken = self.taken_ports()
        with self._locked("state.lock"):
            state = self._state()
            state["ports"] = {n: port for n, port in state.get("ports", {}).items() if n not in taken}
            self._write(state)

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Hold the instance, so that two commands never start or stop it at once."""
        with self._locked("lock"):
            yield

    def remove(self) -> None:
        """Delete the instance and all its data. Nothing of it may be running."""
        outside = self.recall("outside_folder")
        if outside:
            shutil.rmtree(outside, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _state(self) -> dict[str, Any]:
        try:
            loaded: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        except FileNotFoundError:
            return {}
        return loaded

    def _write(self, state: dict[str, Any]) -> None:
        path = self.folder / "state.json"
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(state, indent=1))
        draft.replace(path)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / name, "a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _free_port(taken: set[int]) -> int:
    while True:
        port = random.choice(PORTS)
        if port not in taken and _is_free(port):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # What our own last run left in TIME_WAIT is no reason to move to another port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def inherited_environment() -> dict[str, str]:
    """The caller's environment without what would steer a room to another broker or database."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LEADBUS_") and name not in {"AMQP_URI", "DATABASE_URL"}
    }
    # Everything of an instance talks over loopback, which a proxy could not reach.
    kept["NO_PROXY"] = kept["no_proxy"] = "127.0.0.1,localhost"
    return kept
