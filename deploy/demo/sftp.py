"""An SFTP server for the demo and for tests: OpenSSH's protocol by AsyncSSH, in a folder that nobody gets out of."""

import asyncio
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh


@dataclass
class SftpServer:
    """Runs in a thread of its own until `stop`. One user, by password or by key."""

    folder: Path
    user: str = "leads"
    password: str = "not a real password"
    #: A public key that opens it too, as in authorized_keys.
    authorized: str = ""
    port: int = 0
    #: PEM of the server's own key; a new one when left out.
    host_key_pem: str = ""
    _loop: Any = None
    _key: Any = field(default=None, repr=False)
    _thread: Any = None

    def start(self) -> "SftpServer":
        """Returns once it answers; `port` is the one that it listens on."""
        pem = self.host_key_pem
        made = asyncssh.import_private_key(pem) if pem else asyncssh.generate_private_key("ssh-ed25519")
        self._key = self._key or made
        self._loop, ready = asyncio.new_event_loop(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=[ready], daemon=True)
        self._thread.start()
        if not ready.wait(20):
            raise RuntimeError("the SFTP server did not start")
        return self

    def stop(self) -> None:
        """Closes all connections."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def host_key(self) -> str:
        """What the other side is told beforehand."""
        return " ".join(self._key.export_public_key().decode().split()[:2])

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._listen())
        self.port = server.sockets[0].getsockname()[1] if hasattr(server, "sockets") else server.get_port()
        ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())

    async def _listen(self) -> Any:
        door = self

        class Door(asyncssh.SSHServer):
            def public_key_auth_supported(self) -> bool:
                return bool(door.authorized)

            def validate_public_key(self, username: str, key: Any) -> bool:
                given = key.export_public_key().decode().split()[:2]
                return username == door.user and given == door.authorized.split()[:2]

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == (door.user, door.password)

        class Files(asyncssh.SFTPServer):
            def __init__(self, chan: Any) -> None:
                super().__init__(chan, chroot=str(door.folder).encode())

        return await asyncssh.create_server(
            Door, "127.0.0.1", self.port, server_host_keys=[self._key], sftp_factory=Files
        )
