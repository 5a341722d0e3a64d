"""`leadbus logs`: what the processes of an instance wrote."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from deploy.cli.terminal import InstanceName, console, instance_folder
from deploy.stack import StackError
from deploy.stack.instance import Instance
from deploy.stack.process import tail

COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "bright_cyan", "bright_magenta", "bright_green")


def logs(
    names: Annotated[list[str] | None, typer.Argument(help="Processes. Without any: all.", show_default=False)] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as more is written, until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many of the last lines of each.")] = 20,
    instance: InstanceName = "local",
) -> None:
    """Show the end of what the processes wrote, each line with the name of its process."""
    folder = Instance(instance_folder(instance)).logs
    present = {path.stem: path for path in sorted(folder.glob("*.log"))}
    if not present:
        raise StackError(f"there are no logs in {folder}; start an instance with: leadbus up")
    if missing := [name for name in names or [] if name not in present]:
        raise StackError(f"no log of {missing[0]} in {folder}; there are {', '.join(present)}")
    chosen = {name: present[name] for name in names or present}
    seen = {name: path.stat().st_size for name, path in chosen.items()}
    for name, path in chosen.items():
        _print(name, chosen, tail(path, lines))
    while follow:
        time.sleep(0.3)
        for name, path in chosen.items():
            text, seen[name] = _since(path, seen[name])
            _print(name, chosen, text)


def _since(path: Path, position: int) -> tuple[str, int]:
    """What was written after `position`, whole lines only, and the new position. A rotated file starts anew."""
    size = path.stat().st_size if path.exists() else 0
    if size < position:
        position = 0
    if size == position:
        return "", position
    with open(path, "rb") as handle:
        handle.seek(position)
        whole = handle.read(size - position).rpartition(b"\n")[0]
    return whole.decode(errors="replace"), position + len(whole) + 1 if whole else position


def _print(name: str, among: dict[str, Path], text: str) -> None:
    width = max(map(len, among))
    colour = COLOURS[list(among).index(name) % len(COLOURS)]
    for line in text.splitlines():
        console.print(Text(f"{name:{width}} ", style=colour) + Text(line), soft_wrap=True)
