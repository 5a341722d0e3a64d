"""`leadbus up`: start a private instance in the background."""

from typing import Annotated

import typer

from deploy import ROOMS
from deploy.cli.status import print_status
from deploy.cli.terminal import InstanceName, console, instance_folder, telling
from deploy.stack import Stack, StackError


def up(
    rooms: Annotated[
        list[str] | None, typer.Argument(help="Rooms to start. Without any: all.", show_default=False)
    ] = None,
    replicas: Annotated[
        list[str] | None, typer.Option(help="More processes of a room: [bold]--replicas qualify=2[/].")
    ] = None,
    instance: InstanceName = "local",
) -> None:
    """Start broker, databases, mailbox, rooms, gateway and mail door in the background, on free ports of this machine.

    What already runs is left alone, so that a second [bold]up[/] does no harm. AMQP_URI and DATABASE_URL in the
    environment name existing servers to use instead. Stop it with [bold]leadbus down[/]; the data stays.
    """
    with telling("starting") as progress:
        stack = Stack(
            instance_folder(instance),
            rooms=_known(rooms or list(ROOMS)),
            replicas=_counts(replicas or []),
            mail_door=True,
            progress=progress,
        )
        stack.start(dies_with_us=False)
    print_status(stack)
    console.print("An API key to send inquiries with: [bold]leadbus key add NAME --scope intake[/]")


def _known(rooms: list[str]) -> list[str]:
    for room in rooms:
        if room not in ROOMS:
            raise StackError(f"there is no room {room!r}; the rooms are {', '.join(ROOMS)}")
    return rooms


def _counts(pairs: list[str]) -> dict[str, int]:
    counts = {}
    for pair in pairs:
        room, _, number = pair.partition("=")
        if not number.isdigit() or int(number) < 1:
            raise StackError(f"--replicas {pair}: write a room and a number, like --replicas qualify=2")
        counts[_known([room])[0]] = int(number)
    return counts
