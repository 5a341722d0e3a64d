"""Runs the toy room: `python -m tests.integration.plumbing.toy`."""

import os

if not os.environ.get("TOY_NOT_GREEN"):
    from shared import green

    green.patch()

import sys  # noqa: E402

from deploy.serve import run  # noqa: E402
from shared import logs  # noqa: E402
from tests.integration.plumbing.toy.service import Service  # noqa: E402

logs.configure("toy")
sys.exit(run(Service))
