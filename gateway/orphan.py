"""A server's worker ends with the server: an orphan would keep the port, and the next gateway could not start."""

import ctypes
import multiprocessing
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Has the kernel send SIGTERM to this process when its parent dies, however it dies. Linux only."""
    parent = multiprocessing.parent_process()
    if parent is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent.pid:
        # It had died before the kernel was asked.
        os.kill(os.getpid(), signal.SIGTERM)
