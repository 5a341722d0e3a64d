"""`leadbus serve`: run one room in this terminal."""

import os
import sys
from typing import Annotated

import typer

from deploy import ROOMS
from deploy.cli.terminal import instance_folder
from deploy.stack import Stack, StackError


def serve(
    room: Annotated[str, typer.Argument(help=f"One of {', '.join(ROOMS)}.")],
    instance: Annotated[
        str | None,
        typer.Option(
            "--instance",
            "-i",
            help="Take broker, database and other settings from this running private instance.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Run one room in this terminal, with the settings of the environment (LEADBUS_…), until Ctrl-C.

    With [bold]--instance local[/] it joins a private instance: stop the room there first with
    [bold]leadbus down[/], or let both share the work.
    """
    if room not in ROOMS:
        raise StackError(f"there is no room {room!r}; the rooms are {', '.join(ROOMS)}")
    environment = dict(os.environ)
    if instance:
        environment |= Stack(instance_folder(instance)).environment(room)
    # The room patches its process before anything else is imported: it needs a fresh one.
    os.execve(sys.executable, [sys.executable, "-m", "deploy.serve", room], environment)
