"""`leadbus doctor`: what is missing or wrong, and what to do about it."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version

import typer

from deploy import ROOMS
from deploy.cli.status import duration, rows_of
from deploy.cli.terminal import AsJson, InstanceName, console, instance_folder, print_json
from deploy.stack import Stack, StackError
from deploy.stack.rabbit import PROGRAMS
from deploy.stack.rooms import unready
from shared.clock import read_offset

GOOD, WORTH_A_LOOK, BAD = "ok", "look", "bad"
MARKS = {GOOD: "[green]✓[/]", WORTH_A_LOOK: "[yellow]![/]", BAD: "[red]✗[/]"}
ENOUGH_DISK = 2 * 10**9
#: Extras that `make setup` does not install: each is for one purpose of its own.
LEFT_OUT = ("dashboards", "browser")


@dataclass(frozen=True)
class Finding:
    """The result of one check; `advice` says what to do unless all is well."""

    check: str
    state: str
    found: str
    advice: str = ""


def doctor(json: AsJson = False, instance: InstanceName = "local") -> None:
    """Check this machine and an instance: what is missing or wrong, and what to do about it.

    Exits with 1 when something is wrong.
    """
    stack = Stack(instance_folder(instance))
    findings = [finding for check in CHECKS for finding in check(stack)]
    if json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            console.print(f"{MARKS[finding.state]} {finding.check}: {finding.found}", highlight=False, soft_wrap=True)
            if finding.advice:
                console.print(f"    {finding.advice}", style="dim", highlight=False, soft_wrap=True)
    if any(finding.state == BAD for finding in findings):
        raise typer.Exit(1)


def python(_: Stack) -> Iterator[Finding]:
    """Nameko and its transport are tried on one version only."""
    running = ".".join(map(str, sys.version_info[:3]))
    right = sys.version_info[:2] == (3, 11)
    yield Finding("python", GOOD if right else BAD, running, "" if right else "use Python 3.11, then: make setup")


def packages(_: Stack) -> Iterator[Finding]:
    """Whether everything that pyproject.toml asks for is installed as asked."""
    from packaging.requirements import Requirement  # an image runs `leadbus serve` without it

    wrong = []
    for line in requires("leadbus") or []:
        wanted = Requirement(line)
        if any(extra in str(wanted.marker) for extra in LEFT_OUT):
            continue
        try:
            if version(wanted.name) not in wanted.specifier:
                wrong.append(f"{wanted.name} {version(wanted.name)} instead of {wanted.specifier}")
        except PackageNotFoundError:
            wrong.append(f"{wanted.name} is missing")
    if wrong:
        yield Finding("packages", BAD, "; ".join(wrong), "run: make setup")
    else:
        yield Finding("packages", GOOD, "as in pyproject.toml")


def rabbitmq(stack: Stack) -> Iterator[Finding]:
    if stack.broker.given_uri:
        yield Finding("rabbitmq", GOOD, "AMQP_URI names an existing broker")
    elif (PROGRAMS / "rabbitmq-server").exists():
        yield Finding("rabbitmq", GOOD, f"installed in {PROGRAMS}")
    else:
        yield Finding("rabbitmq", BAD, "not installed", "run: make setup, or set AMQP_URI to an existing broker")


def database_user(stack: Stack) -> Iterator[Finding]:
    """Root does not run PostgreSQL; who does must be able to enter the folder."""
    if stack.database.server_url:
        yield Finding("database", GOOD, "DATABASE_URL names an existing server")
        return
    try:
        user, data = stack.database.user, stack.database.data
        programs = stack.database.binaries
    except StackError as problem:
        yield Finding("database", BAD, str(problem))
        return
    who = f"as the user {user.pw_name}" if user else "as you"
    where = "" if data.is_relative_to(stack.instance.folder) else ": that user may not enter the instance's folder"
    yield Finding("database", GOOD, f"runs {who}, data in {data}{where}, programs in {programs}")


def disk(stack: Stack) -> Iterator[Finding]:
    stack.instance.folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(stack.instance.folder).free
    state = GOOD if free > ENOUGH_DISK else BAD
    yield Finding("disk", state, f"{free / 1e9:.1f} GB free", "" if state == GOOD else "make room: 2 GB is little")


def ports(stack: Stack) -> Iterator[Finding]:
    """A port taken by somebody else moves at the next `up`; who bookmarked the page wants to know."""
    if stack.running:
        yield Finding("ports", GOOD, "in use by this instance")
        return
    taken = stack.instance.taken_ports()
    if taken:
        names = ", ".join(f"{name} {port}" for name, port in taken.items())
        yield Finding("ports", WORTH_A_LOOK, f"taken by somebody else: {names}", "the next `up` chooses others")
    else:
        yield Finding("ports", GOOD, "free")


def processes(stack: Stack) -> Iterator[Finding]:
    """Every process runs, and every room and the gateway say that they are ready."""
    rows = rows_of(stack)
    if not rows:
        yield Finding("instance", WORTH_A_LOOK, "down", "start it with: leadbus up")
        return
    for row in rows:
        if row.state != "running":
            log = stack.instance.logs / f"{row.process}.log"
            yield Finding(row.process, BAD, row.state, f"see {log}")
            continue
        page = _ready_page(row.process, row.address)
        problems = unready(page) if page else []
        if problems:
            yield Finding(row.process, BAD, "; ".join(problems), f"see: leadbus logs {row.process}")
        else:
            yield Finding(row.process, GOOD, "ready" if page else "running")


def parked(stack: Stack) -> Iterator[Finding]:
    """Messages and work that failed for good, and acts whose outcome nobody knows."""
    from deploy.cli.parked import entries

    for room in {row.process for row in rows_of(stack) if row.state == "running"} & set(ROOMS):
        if found := list(entries(room, str(stack.instance.folder))):
            yield Finding(f"parked in {room}", WORTH_A_LOOK, str(len(found)), f"look at: leadbus parked {room}")


def clock(stack: Stack) -> Iterator[Finding]:
    offset = read_offset(stack.clock_file)
    if offset:
        yield Finding("clock", WORTH_A_LOOK, f"runs {duration(int(offset))} ahead", "real time: leadbus clock reset")
    else:
        yield Finding("clock", GOOD, "real time")


def _ready_page(name: str, address: str) -> str:
    if name == "gateway":
        return f"{address}/readyz"
    return address if address.endswith("/readyz") else ""


CHECKS: tuple[Callable[[Stack], Iterator[Finding]], ...] = (
    python, packages, rabbitmq, database_user, disk, ports, processes, parked, clock,
)  # fmt: skip
