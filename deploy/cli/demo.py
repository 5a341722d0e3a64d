"""`leadbus demo`: everything at once, with an example company and a stream of inquiries."""

import sys
from typing import Annotated

import typer

from deploy.cli.terminal import InstanceName, console, instance_folder, telling
from deploy.stack import Stack
from deploy.stack.process import end, leftovers


def demo(
    stay: Annotated[
        bool | None,
        typer.Option(
            "--stay/--leave", help="Keep everything running after the account, until Ctrl-C. Default: on a terminal."
        ),
    ] = None,
    instance: InstanceName = "demo",
) -> None:
    """Start everything with an example company, send it inquiries of every kind, and show what became of each.

    It has an instance of its own (.leadbus/demo), so that it disturbs nothing. Run it twice, it does no harm. When it
    ends, or at Ctrl-C, all its processes end with it.
    """
    from deploy.demo import run  # what the demo needs is needed by no other command

    stack = Stack(instance_folder(instance))
    if stack.running:
        console.print(f"A demo runs already. Pages: {stack.gateway_url}   Mails: {stack.mail_page}")
        return
    # It begins with empty hands each time, so that its account is of this stream alone.
    end(leftovers(stack.instance))
    stack.instance.remove()
    with telling("starting") as progress:
        outside = run.outside_processes(stack)
        stack = Stack(
            instance_folder(instance),
            extra=outside,
            mail_door=True,
            environment=run.environment(outside),
            progress=progress,
        )
        stack.start()
    with stack:
        stack.progress = lambda step: None
        code = run.main(stack)
        if stay if stay is not None else sys.stdin.isatty() and sys.stdout.isatty():
            console.print("Everything still runs. [bold]Ctrl-C[/] stops it.")
            _wait_for_interrupt()
    raise typer.Exit(code or 0)


def _wait_for_interrupt() -> None:
    import signal

    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("\nstopping …")
