"""`leadbus down`: stop a private instance."""

from typing import Annotated

import typer

from deploy.cli.terminal import InstanceName, console, instance_folder, telling
from deploy.stack import Stack, StackError
from deploy.stack.process import end, leftovers


def down(
    wipe: Annotated[bool, typer.Option(help="Delete its data, keys and logs as well.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before deleting.")] = False,
    instance: InstanceName = "local",
) -> None:
    """Stop every process of an instance. Its data stays, unless [bold]--wipe[/] says otherwise."""
    folder = instance_folder(instance)
    if not (folder / "state.json").exists():
        raise StackError(f"there is no instance in {folder}; start one with: leadbus up")
    if wipe and not yes:
        typer.confirm(f"Delete all data in {folder}?", abort=True)
    with telling("stopping") as progress:
        stack = Stack(folder, progress=progress)
        stack.stop()
        end(leftovers(stack.instance))
    if wipe:
        stack.instance.remove()
    console.print(f"Stopped{' and deleted' if wipe else ''}.")
