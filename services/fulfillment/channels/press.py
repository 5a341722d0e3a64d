"""Has letters drawn by a process of its own, one after the other.

Not in a thread of this process: what WeasyPrint does there meets locks that eventlet made green, and the first two
letters at the same moment stop the process for ever. Nor in a greenlet: drawing would hold up every heartbeat.
"""

import socket
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from services.fulfillment.channels.letter import Letter

#: Far more than a letter takes, far less than the lease of its effect.
TIMEOUT_SECONDS = 40.0
ROOT = Path(__file__).parents[3]

#: Length of the HTML; pages and length of the PDF. Pages of 0: could not be drawn.
ASKS, ANSWERS = struct.Struct("!I"), struct.Struct("!II")


class NotDrawn(Exception):
    """The letter could not be drawn."""


@dataclass
class Press:
    """The drawing process, started with the first letter and again when it has ended."""

    timeout: float = TIMEOUT_SECONDS
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _link: socket.socket | None = field(default=None, init=False)

    def draw(self, html: str) -> Letter:
        """Draws `html`. Raises NotDrawn when it cannot be drawn, in time or at all."""
        with self._turn:
            try:
                link = self._link or self._start()
                ordered = html.encode()
                link.sendall(ASKS.pack(len(ordered)) + ordered)
                pages, size = ANSWERS.unpack(read(link, ANSWERS.size))
                pdf = read(link, size)
            except (OSError, EOFError) as error:
                self.close()
                raise NotDrawn(type(error).__name__) from error
            except BaseException:
                # Broken off in the middle: the next answer would be that of this letter.
                self.close()
                raise
        if pages == 0:
            raise NotDrawn("see the log")
        return Letter(pdf, pages)

    def close(self) -> None:
        """Ends the drawing process."""
        link, self._link = self._link, None
        process, self._process = self._process, None
        if link is not None:
            link.close()
        if process is not None:
            process.kill()
            process.wait()

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        ours.settimeout(self.timeout)
        handle = theirs.fileno()
        module = "services.fulfillment.channels.drawing"
        self._process = subprocess.Popen([sys.executable, "-m", module, str(handle)], cwd=ROOT, pass_fds=[handle])
        theirs.close()
        self._link = ours
        return ours


def read(link: socket.socket, size: int) -> bytes:
    """Exactly `size` bytes. Raises EOFError when the other side is gone."""
    parts = bytearray()
    while len(parts) < size:
        part = link.recv(min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError("the other side is gone")
        parts += part
    return bytes(parts)
