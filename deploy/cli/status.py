"""`leadbus status`: what runs, where, and for how long."""

import time
from dataclasses import asdict, dataclass

import typer
from rich.table import Table

from deploy.cli.terminal import AsJson, InstanceName, console, instance_folder, print_json
from deploy.stack import Stack, StackError
from shared.clock import read_offset


@dataclass(frozen=True)
class Row:
    """One process. `uptime` in seconds, `memory` in MB with its children; both 0 when it is down."""

    process: str
    pid: int
    state: str
    uptime: int
    memory: int
    address: str


def status(json: AsJson = False, instance: InstanceName = "local") -> None:
    """Show each process with pid, state, uptime, memory and address. Exits with 1 when one does not run."""
    stack = Stack(instance_folder(instance))
    rows = rows_of(stack)
    if json:
        print_json(
            {"folder": str(stack.instance.folder), "running": stack.running, "processes": [asdict(r) for r in rows]}
        )
    else:
        print_status(stack)
    if not rows or any(row.state != "running" for row in rows):
        raise typer.Exit(1)


def rows_of(stack: Stack) -> list[Row]:
    """One row per process of the instance, in the order of starting; none when it is down."""
    if not stack.running:
        return []
    known = stack.instance.recall("programs", {})
    states = stack.supervisor.states()
    ranked = sorted(states, key=lambda name: known.get(name, {}).get("priority", 99))
    return [
        Row(
            process=name,
            pid=states[name]["pid"],
            state=states[name]["statename"].lower(),
            uptime=int(time.time() - states[name]["start"]) if states[name]["pid"] else 0,
            memory=_memory(states[name]["pid"]),
            address=known.get(name, {}).get("address", ""),
        )
        for name in ranked
    ]


def print_status(stack: Stack) -> None:
    """The table, and what else is worth knowing of the instance."""
    rows = rows_of(stack)
    folder = stack.instance.folder
    if not rows:
        raise StackError(f"the instance in {folder} is down; start it with: leadbus up")
    table = Table(box=None, pad_edge=False)
    table.add_column("process")
    table.add_column("pid", justify="right")
    table.add_column("state")
    table.add_column("uptime", justify="right")
    table.add_column("MB", justify="right")
    table.add_column("address", overflow="fold")
    for row in rows:
        colour = "green" if row.state == "running" else "yellow" if row.state in {"starting", "stopping"} else "red"
        table.add_row(
            row.process,
            str(row.pid or ""),
            f"[{colour}]{row.state}[/]",
            duration(row.uptime) if row.pid else "",
            str(row.memory or ""),
            row.address,
        )
    console.print(table)
    console.print(f"folder {folder}, logs in {stack.instance.logs}", highlight=False, soft_wrap=True)
    if outside := stack.instance.recall("outside_folder"):
        console.print(
            f"database in {outside}: its user may not enter the folder above", highlight=False, soft_wrap=True
        )
    if offset := read_offset(stack.clock_file):
        console.print(f"the clock runs {duration(int(offset))} ahead; back to real time: leadbus clock reset")


def duration(seconds: int) -> str:
    """3 d 4 h, 12 min, 40 s: the two largest units at most."""
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(f"{amount} {unit}")
    return " ".join(parts[:2]) or "0 s"


def _memory(pid: int) -> int:
    """Memory of a process and its children, in MB."""
    if not pid:
        return 0
    import psutil  # an image runs `leadbus serve` without it

    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        # Proportional: what the processes of a family share counts once.
        return round(sum(member.memory_full_info().pss for member in family) / 1e6)
    except psutil.Error:
        return 0
