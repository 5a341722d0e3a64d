"""`python -m tests.bench.gateway`: how many inquiries a second the gateway takes, the broker alone beside it.

The intake part of `python -m tests.bench` in a minute: 1, 8 and 64 connections, and 64 while 100 clients stall their
bodies.
"""

import argparse
import json
import shutil
import sys

from rich.console import Console

from deploy.stack import Stack
from deploy.stack.instance import REPOSITORY
from tests.bench import intake, machine
from tests.bench.load import Senders
from tests.bench.report import intake_figures, show_intakes

FOLDER = REPOSITORY / ".leadbus" / "bench-gateway"
#: A sender may come 1,000 times a second: many send.
KEYS = 64


def main() -> int:
    """Returns 0 when everything could be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gateway", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement")
    parser.add_argument("--json", action="store_true", help="print JSON, and the table on standard error")
    given = parser.parse_args()
    described = machine.description()
    said = Console(stderr=given.json, width=None if sys.stdout.isatty() else 180)
    shutil.rmtree(FOLDER, ignore_errors=True)
    stack = Stack(FOLDER, rooms=(), mail=False)
    senders = Senders()
    try:
        with stack:
            keys = [stack.new_key(f"bench-{number}", ["intake"], ["partner-agrimag"]) for number in range(KEYS)]
            found = intake.alone(stack, senders, keys, given.seconds, said.print)
    finally:
        senders.close()
        stack.instance.remove()
    show_intakes(found, said)
    said.print(described)
    if given.json:
        print(json.dumps({"machine": described, "intake": [intake_figures(one) for one in found]}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
