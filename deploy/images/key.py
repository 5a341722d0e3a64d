"""Inside the gateway's container: add an API key and print it, once. `python key.py NAME SCOPE…`"""

import secrets
import sys
from pathlib import Path

from gateway import keys
from shared import settings


def main(words: list[str]) -> int:
    """Adds the key to the file that the gateway reads. Returns the exit code."""
    if len(words) < 2:
        print(f"usage: python key.py NAME {' | '.join(sorted(keys.SCOPES))} …", file=sys.stderr)
        return 2
    path = Path(settings.get("LEADBUS_KEYS_FILE"))
    try:
        key, presented = keys.issue(secrets.token_hex(4), words[0], words[1:])
        keys.save(path, [*keys.load(path).values(), key])
    except keys.KeyFileError as refused:
        print(f"leadbus: {refused}", file=sys.stderr)
        return 2
    print(presented)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
