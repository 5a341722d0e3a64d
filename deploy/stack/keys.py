"""API keys of an instance's gateway, in the file that the gateway reads."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from deploy.stack.errors import StackError
from gateway import keys


def load(file: Path) -> dict[str, keys.Key]:
    """All keys by id. Raises StackError that names the file when it cannot be read."""
    try:
        return keys.load(file)
    except keys.KeyFileError as wrong:
        raise StackError(f"{file}: {wrong}") from wrong


def issue(file: Path, name: str, scopes: Iterable[str], sources: Iterable[str] = ()) -> tuple[keys.Key, str]:
    """Add a key to `file`; gives it and the text that its holder sends. Raises StackError for an unknown scope."""
    known = load(file)
    try:
        made, text = keys.issue(secrets.token_hex(5), name, scopes, sources)
    except keys.KeyFileError as wrong:
        raise StackError(str(wrong)) from wrong
    keys.save(file, [*known.values(), made])
    return made, text
