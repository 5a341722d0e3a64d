"""What the commands share on a terminal: the instance they speak of, and how they say what they do."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.stack.instance import REPOSITORY

console = Console()
errors = Console(stderr=True)

InstanceName = Annotated[
    str,
    typer.Option(
        "--instance",
        "-i",
        envvar="LEADBUS_INSTANCE",
        help="Which private instance: a name under .leadbus/, or the path of a folder.",
    ),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def instance_folder(name: str) -> Path:
    """The folder of the instance that `--instance` names."""
    return Path(name).resolve() if os.sep in name else REPOSITORY / ".leadbus" / name


def print_json(value: Any) -> None:
    """Machine-readable output: plain, on standard output."""
    typer.echo(json.dumps(value, indent=2))


@contextmanager
def telling(title: str) -> Iterator[Callable[[str], None]]:
    """Says what is going on: a spinner on a terminal, a line per step elsewhere (on standard error)."""
    if errors.is_terminal:
        with errors.status(title) as spinner:
            yield lambda step: spinner.update(f"{title}: {step}")
    else:
        yield lambda step: errors.print(f"{title}: {step}", highlight=False)
