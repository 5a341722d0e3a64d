"""Secrets shared with other parties. The company's files name where one is kept, never the secret itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import structlog

from shared import settings

log = structlog.get_logger()


@dataclass(frozen=True)
class Secret:
    """Where a secret is kept: environment variables or files. Several hold while one replaces the other."""

    variables: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()

    @classmethod
    def parse(cls, entry: Any, folder: Path) -> Self:
        """`{env: NAME}`, `{file: PATH}` (relative to the company's folder), or a list of such. Raises ValueError."""
        variables: list[str] = []
        files: list[Path] = []
        for place in entry if isinstance(entry, list) else [entry]:
            if not isinstance(place, dict) or len(place) != 1 or not set(place) <= {"env", "file"}:
                raise ValueError("must name where it is kept: {env: NAME} or {file: PATH}, or a list of these")
            ((kind, where),) = place.items()
            if not isinstance(where, str) or not where:
                raise ValueError(f"`{kind}` must be a text")
            if kind == "env":
                variables.append(where)
            else:
                files.append(folder / where)
        if not variables and not files:
            raise ValueError("must name at least one place")
        return cls(tuple(variables), tuple(files))

    def entry(self) -> list[dict[str, str]]:
        """What `parse` reads."""
        return [{"env": name} for name in self.variables] + [{"file": str(path)} for path in self.files]

    def values(self) -> list[bytes]:
        """The secrets as they are now; none when nothing was put there yet. Blanks around one do not count."""
        return [value for value in self._read() if value]

    def value(self) -> str | None:
        """The first of them, for who presents one and checks none; None when nothing was put there yet."""
        return next((value.decode("utf-8", "replace") for value in self.values()), None)

    def __str__(self) -> str:
        places = [f"the environment variable {name}" for name in self.variables]
        return " or ".join([*places, *(f"the file {path}" for path in self.files)])

    def _read(self) -> Iterator[bytes]:
        for name in self.variables:
            yield settings.named_elsewhere(name).strip().encode()
        for path in self.files:
            try:
                yield path.read_bytes().strip()
            except OSError as error:
                log.warning("secret_unreadable", file=path.name, error=type(error).__name__)
