"""`leadbus import`: sends a list to the gateway, shows how it gets on, and writes what became of every row."""

import mimetypes
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.cli.terminal import AsJson, InstanceName, console, errors, instance_folder, print_json
from deploy.stack import Stack, StackError
from deploy.stack.instance import Instance
from deploy.stack.keys import issue, load
from deploy.stack.rooms import keys_file

if TYPE_CHECKING:
    import requests

_CONNECT, _ANSWER = 5, 120
#: Between two looks at a list, in seconds: a look at a long list is not for nothing.
_SOONEST, _LATEST = 0.5, 10.0
#: Rows that are handled in a second, roughly; only for when to look again.
_ROWS_A_SECOND = 3_000


def import_list(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, TSV or XLSX.")],
    source: Annotated[str, typer.Option("--source", "-s", help="Where the list comes from: its name in sources.yml.")],
    verdicts: Annotated[
        Path | None, typer.Option("--verdicts", help="Where to write what became of each row; beside the list.")
    ] = None,
    url: Annotated[str | None, typer.Option(envvar="LEADBUS_URL", help="The gateway; that of the instance.")] = None,
    key: Annotated[
        str | None, typer.Option(envvar="LEADBUS_KEY", help="An API key with the scope intake; made for this run.")
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="Read and judge it all, and leave no lead behind.")] = False,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait until all rows are handled.")] = 900,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Import a list. The same file again changes nothing: its rows are known."""
    base = (url or Stack(instance_folder(instance)).gateway_url).rstrip("/")
    with _key(key, instance, source) as token:
        gateway = _Gateway(base, token)
        receipt_id = gateway.send(file, source, test=test)
        found = _watched(gateway, receipt_id, wait, quiet=json)
        written = verdicts or file.with_name(f"{file.name}.verdicts.csv")
        written.write_bytes(gateway.rows_file(receipt_id))
    counts = Counter("repeated" if row.get("repeated") else row["state"] for row in found["rows"])
    if not found["rows"]:
        counts[str(found["state"])] += 1
    if json:
        print_json({"receipt_id": receipt_id, "verdicts": str(written), "unread": found["unread"], **counts})
    else:
        told = ", ".join(f"{number} {state}" for state, number in counts.most_common())
        console.print(f"{file.name}: {told}", highlight=False, markup=False, soft_wrap=True)
        if found.get("reason"):
            console.print(f"{found['reason']}: {found.get('detail')}", highlight=False, markup=False, soft_wrap=True)
        console.print(f"Every row: {written}", highlight=False, markup=False, soft_wrap=True)
    if found["unread"]:
        raise StackError(f"{found['unread']} rows are still to be handled; ask again: GET /v1/receipts/{receipt_id}")
    if found["state"] == "quarantined":
        raise typer.Exit(1)


class _Gateway:
    """The gateway as this command needs it. Every failure is a StackError in words."""

    def __init__(self, base: str, token: str) -> None:
        import requests

        self._base = base
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def send(self, file: Path, source: str, *, test: bool) -> str:
        kind = mimetypes.guess_type(file.name)[0] or "text/csv"
        with file.open("rb") as content:
            answer = self._ask(
                "POST",
                f"/v1/lists/{source}",
                params={"test": "true"} if test else {},
                files={"file": (file.name, content, kind)},
            )
        return str(answer.json()["receipt_id"])

    def receipt(self, receipt_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("GET", f"/v1/receipts/{receipt_id}").json()
        return {"unread": 0, **found}

    def rows_file(self, receipt_id: str) -> bytes:
        return self._ask("GET", f"/v1/receipts/{receipt_id}/rows.csv").content

    def _ask(self, method: str, path: str, **what: Any) -> "requests.Response":
        import requests

        try:
            answer = self._session.request(method, self._base + path, timeout=(_CONNECT, _ANSWER), **what)
        except requests.RequestException as error:
            raise StackError(f"the gateway at {self._base} cannot be reached: {type(error).__name__}") from error
        if not answer.ok:
            raise StackError(f"the gateway answered {answer.status_code}: {_detail(answer)}")
        return answer


def _detail(answer: "requests.Response") -> str:
    try:
        problem = answer.json()
        return str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        return answer.text[:300]


def _watched(gateway: _Gateway, receipt_id: str, wait: float, *, quiet: bool) -> dict[str, Any]:
    """The receipt when all rows are handled, or when the time is up."""
    columns = (TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    until = time.monotonic() + wait
    with Progress(*columns, console=errors, disable=quiet or not errors.is_terminal) as progress:
        bar = progress.add_task("rows", total=None)
        while True:
            found = gateway.receipt(receipt_id)
            handled, left = len(found["rows"]), int(found["unread"])
            progress.update(bar, total=handled + left, completed=handled)
            finished = found["state"] != "unknown" and not left
            if finished or time.monotonic() >= until:
                return found
            time.sleep(min(max(left / _ROWS_A_SECOND / 2, _SOONEST), _LATEST))


@contextmanager
def _key(given: str | None, instance: str, source: str) -> Iterator[str]:
    """The key that was given, or one for this source that is taken back afterwards."""
    if given:
        yield given
        return
    file = Path(os.environ.get("LEADBUS_KEYS_FILE") or keys_file(Instance(instance_folder(instance))))
    made, text = issue(file, f"leadbus import, {source}", ["intake"], [source])
    try:
        yield text
    finally:
        from gateway import keys

        keys.save(file, [replace(one, revoked=True) if one.id == made.id else one for one in load(file).values()])
