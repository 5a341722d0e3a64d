"""`leadbus migrate`: bring databases to the state that the code needs."""

import os
import subprocess
import sys
from typing import Annotated

import typer

from deploy import ROOMS
from deploy.cli.terminal import InstanceName, instance_folder
from deploy.stack import Stack, StackError


def migrate(
    rooms: Annotated[
        list[str] | None, typer.Argument(help="Rooms whose database to migrate.", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every room.")] = False,
    instance: InstanceName = "local",
) -> None:
    """Bring the databases of rooms to the state that the code needs.

    A database is named by LEADBUS_<ROOM>_DATABASE_URL, or LEADBUS_DATABASE_URL for a single room. With neither, it
    is that of the private instance, which must run.
    """
    chosen = list(ROOMS) if everything else rooms or []
    if not chosen:
        raise StackError("say which rooms, or --all")
    environment = dict(os.environ)
    if not any(name.startswith("LEADBUS_") and name.endswith("DATABASE_URL") for name in environment):
        stack = Stack(instance_folder(instance), rooms=chosen)
        if not stack.running:
            raise StackError(
                f"no LEADBUS_DATABASE_URL is set, and the instance in {stack.instance.folder} is down; run: leadbus up"
            )
        environment |= stack.migration_environment()
    done = subprocess.run([sys.executable, "-m", "deploy.migrate", *chosen], env=environment)
    raise typer.Exit(done.returncode)
