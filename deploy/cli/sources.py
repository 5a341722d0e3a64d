"""`leadbus sources`: the company's sources and doors, checked before anybody runs them."""

import typer

from deploy.cli.rules_folder import Folder
from deploy.cli.terminal import AsJson, console, print_json
from deploy.stack.instance import REPOSITORY

sources = typer.Typer(
    help="Where inquiries come from: sources.yml, entrypoints.yml, platforms.yml and what they refer to.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@sources.callback()
def about() -> None:
    """Keeps `check` a command of its own while it is the only one."""


@sources.command()
def check(folder: Folder = None, json: AsJson = False) -> None:
    """Check the files. Asks no process: run it before you save.

    The front desk reads sources.yml again within a second or two of a change; a file that cannot be used changes
    nothing, and /readyz says so. The gateway reads entrypoints.yml when it starts.
    """
    # Takes longer to import than most commands run.
    from deploy.cli.sources_check import problems

    place = folder or REPOSITORY / "deploy" / "company"
    found = problems(place)
    if json:
        print_json({"ok": not found, "folder": str(place), "problems": found})
    elif found:
        for problem in found:
            console.print(problem, markup=False, highlight=False, soft_wrap=True)
    else:
        console.print(f"{place}: sources and doors are well", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1 if found else 0)
