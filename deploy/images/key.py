"""Inside the gateway's container: add an API key and print it, once. `python key.py website intake read`."""

import argparse
import secrets
import sys
from pathlib import Path

from gateway import keys
from shared import settings


def main() -> int:
    """Adds the key to the file that the gateway reads. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="key.py", description=__doc__)
    parser.add_argument("name", help="who holds it")
    parser.add_argument("scopes", nargs="+", choices=sorted(keys.SCOPES))
    parser.add_argument("--source", action="append", help="it may send for this source only; default: for all")
    asked = parser.parse_args()
    path = Path(settings.get("LEADBUS_KEYS_FILE"))
    try:
        key, presented = keys.issue(secrets.token_hex(5), asked.name, asked.scopes, asked.source or [keys.ANY_SOURCE])
        keys.save(path, [*keys.load(path).values(), key])
    except keys.KeyFileError as refused:
        print(f"leadbus: {refused}", file=sys.stderr)
        return 2
    print(presented)
    return 0


if __name__ == "__main__":
    sys.exit(main())
