"""`leadbus clock`: move the business time of a private instance forward."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from deploy.cli.status import duration
from deploy.cli.terminal import AsJson, InstanceName, console, instance_folder, print_json
from deploy.stack import Stack, StackError
from shared.clock import read_offset, write_offset

SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}


def clock(
    move: Annotated[
        str,
        typer.Argument(
            help="[bold]+3d[/], [bold]+2h30m[/], [bold]+1w[/] move it on; [bold]now[/] shows it; "
            "[bold]reset[/] returns to real time."
        ),
    ] = "now",
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Show or move the business time of an instance, so that two years of nurturing can be watched in a minute.

    All rooms follow within a second. Due steps, reminders and escalations then happen as if the time had passed.
    """  # fmt: skip
    file = Stack(instance_folder(instance)).clock_file
    if not file.parent.exists():
        raise StackError(f"there is no instance in {file.parent}; start one with: leadbus up")
    if move == "reset":
        write_offset(file, 0)
    elif move != "now":
        write_offset(file, read_offset(file) + seconds_in(move))
    offset = read_offset(file)
    moment = datetime.now(UTC) + timedelta(seconds=offset)
    if json:
        print_json({"now": moment.isoformat(timespec="seconds"), "offset_seconds": offset})
    else:
        ahead = f", {duration(int(offset))} ahead" if offset else ", real time"
        console.print(f"{moment:%A %Y-%m-%d %H:%M:%S} UTC{ahead}", highlight=False)


def seconds_in(move: str) -> int:
    """The seconds that `+1w2d3h` stands for. Raises StackError when it cannot be read or would go back."""
    parts = re.findall(r"(\d+)(min|[smhdwy])", move)
    if not parts or "".join(["+", *(amount + unit for amount, unit in parts)]) != move:
        raise StackError(
            f"cannot read {move!r}: write +3d, +2h30m or +1w (units: {', '.join(SECONDS)}). "
            "Time only moves on; `leadbus clock reset` returns to real time"
        )
    return sum(int(amount) * SECONDS[unit] for amount, unit in parts)
