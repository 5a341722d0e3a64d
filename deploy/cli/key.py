"""`leadbus key`: API keys of the gateway."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from deploy.cli.terminal import AsJson, InstanceName, console, instance_folder, print_json
from deploy.stack import StackError
from deploy.stack.instance import Instance
from deploy.stack.keys import issue, load
from deploy.stack.rooms import keys_file
from gateway import keys

key = typer.Typer(
    help="API keys: who may send inquiries, read, or manage. The gateway follows a change at once.",
    no_args_is_help=True,
)


@key.command()
def add(
    name: Annotated[str, typer.Argument(help="Who will use it: a partner, a web site, a colleague.")],
    scope: Annotated[
        list[str], typer.Option(help="What it may do, once per scope: " + ", ".join(sorted(keys.SCOPES)) + ".")
    ],
    source: Annotated[
        list[str] | None, typer.Option(help="Sources it may send for, once per source. Without any: all.")
    ] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Make a key and show it, once: only its hash is kept.

    The file is LEADBUS_KEYS_FILE, or that of the private instance.
    """
    file = _file(instance)
    made, text = issue(file, name, scope, source or [])
    if json:
        print_json({"id": made.id, "key": text})
        return
    console.print(f"[bold]{text}[/]", soft_wrap=True, highlight=False)
    console.print("This is the only time that it is shown. Send it as the header  Authorization: Bearer <key>")


@key.command("list")
def list_keys(json: AsJson = False, instance: InstanceName = "local") -> None:
    """List all keys: id, name, scopes, sources. The keys themselves are not kept."""
    known = load(_file(instance)).values()
    if json:
        print_json(
            [
                {"id": k.id, "name": k.name, "scopes": sorted(k.scopes), "sources": k.sources, "revoked": k.revoked}
                for k in known
            ]
        )
        return
    table = Table("id", "name", "scopes", "sources", "state", box=None, pad_edge=False)
    for k in known:
        state = "[red]revoked[/]" if k.revoked else "[green]valid[/]"
        table.add_row(k.id, k.name, ", ".join(sorted(k.scopes)), ", ".join(k.sources), state)
    console.print(table if known else "No keys yet: leadbus key add NAME --scope intake")


@key.command()
def revoke(
    id: Annotated[str, typer.Argument(help="The id of the key: the part between lb_ and the next underscore.")],
    instance: InstanceName = "local",
) -> None:
    """Take a key back. It is refused from the next request on."""
    file = _file(instance)
    known = load(file)
    id = id.removeprefix("lb_").split("_")[0]
    if id not in known:
        raise StackError(f"no key {id!r} in {file}; see: leadbus key list")
    keys.save(file, [replace(k, revoked=True) if k.id == id else k for k in known.values()])
    console.print(f"The key {id} of {known[id].name} is revoked.")


def _file(instance: str) -> Path:
    given = os.environ.get("LEADBUS_KEYS_FILE")
    return Path(given) if given else keys_file(Instance(instance_folder(instance)))
