"""`leadbus`: the list of commands, and how a mistake is told.

A new command is a file with a function (or a `typer.Typer` of several), and one line here.
"""

import sys
from typing import Any

import typer

from deploy.cli.campaigns import campaigns
from deploy.cli.clock import clock
from deploy.cli.deliveries import deliveries
from deploy.cli.demo import demo
from deploy.cli.doctor import doctor
from deploy.cli.down import down
from deploy.cli.importing import import_list
from deploy.cli.key import key
from deploy.cli.leads import leads
from deploy.cli.logs import logs
from deploy.cli.migrate import migrate
from deploy.cli.owners import owners
from deploy.cli.parked import parked, replay
from deploy.cli.prediction import prediction
from deploy.cli.privacy import person
from deploy.cli.quarantine import quarantine
from deploy.cli.referrals import referrals
from deploy.cli.routing import routing
from deploy.cli.rules import rules
from deploy.cli.screening import screening
from deploy.cli.serve import serve
from deploy.cli.sources import sources
from deploy.cli.status import status
from deploy.cli.terminal import errors
from deploy.cli.territories import territories
from deploy.cli.up import up
from deploy.rooms import DatabaseNotNamed
from deploy.stack import StackError


class CommandLine(typer.Typer):
    """Tells an expected failure in one sentence instead of a stack trace."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__call__(*args, **kwargs)
        except (StackError, DatabaseNotNamed) as problem:
            errors.print(f"leadbus: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
            sys.exit(1)
        except KeyboardInterrupt:
            sys.exit(130)


app = CommandLine(
    help="Lead management: capture, qualify, route, fulfil, nurture and follow every lead.\n\n"
    "[bold]leadbus demo[/] shows it all; [bold]leadbus up[/] starts an instance of your own.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

RUN = "Run a private instance"
OPERATE = "Operate"

app.command(rich_help_panel=RUN)(demo)
app.command(rich_help_panel=RUN)(up)
app.command(rich_help_panel=RUN)(down)
app.command(rich_help_panel=RUN)(status)
app.command(rich_help_panel=RUN)(logs)
app.command(rich_help_panel=RUN, context_settings={"ignore_unknown_options": True})(clock)
app.command(rich_help_panel=RUN)(doctor)
app.command(rich_help_panel=OPERATE)(serve)
app.command(rich_help_panel=OPERATE)(migrate)
app.command(rich_help_panel=OPERATE)(parked)
app.command(rich_help_panel=OPERATE)(replay)
app.command("import", rich_help_panel=OPERATE)(import_list)
app.add_typer(leads, name="leads", rich_help_panel=OPERATE)
app.add_typer(rules, name="rules", rich_help_panel=OPERATE)
app.add_typer(sources, name="sources", rich_help_panel=OPERATE)
app.add_typer(quarantine, name="quarantine", rich_help_panel=OPERATE)
app.add_typer(person, name="person", rich_help_panel=OPERATE)
app.add_typer(screening, name="screening", rich_help_panel=OPERATE)
app.add_typer(prediction, name="prediction", rich_help_panel=OPERATE)
app.add_typer(key, name="key", rich_help_panel=OPERATE)
app.add_typer(owners, name="owners", rich_help_panel=OPERATE)
app.add_typer(deliveries, name="deliveries", rich_help_panel=OPERATE)
app.add_typer(routing, name="routing", rich_help_panel=OPERATE)
app.add_typer(territories, name="territories", rich_help_panel=OPERATE)
app.add_typer(campaigns, name="campaigns", rich_help_panel=OPERATE)
app.add_typer(referrals, name="referrals", rich_help_panel=OPERATE)
