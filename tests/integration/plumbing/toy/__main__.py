"""Runs the toy room: `python -m tests.integration.plumbing.toy`."""

import os

if os.environ.get("TOY_NOT_GREEN"):
    import psycopg  # noqa: F401 -- too early: it has chosen how to wait before the process was patched

import sys

from deploy.serve import run
from shared import logs
from tests.integration.plumbing.toy.service import Service

logs.configure("toy")
sys.exit(run(Service))
