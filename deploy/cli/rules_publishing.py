"""`leadbus rules approve|publish|revert`: what needs the room, because it changes what is live."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.asking import ask, me, rooms_of
from deploy.cli.rules_folder import Folder, rules_in, text_in
from deploy.cli.terminal import AsJson, InstanceName, print_json
from deploy.stack import StackError

if TYPE_CHECKING:
    from shared.contracts.calls import RulesReply

By = Annotated[str, typer.Option(help="Who does it; the name of this account when left out.")]
PARTIES = ("marketing", "sales")


def approve(
    party: Annotated[str, typer.Option("--as", help="For whom: marketing or sales.")],
    folder: Folder = None,
    by: By = "",
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Approve exactly the text in the folder, for marketing or for sales. Nobody approves for both.

    The approval holds for this text alone: a changed character, be it in a comment, needs both anew.
    """
    from shared.contracts import calls

    if party not in PARTIES:
        raise StackError(f"--as is marketing or sales, not {party!r}")
    rules_in(folder)
    text = text_in(folder)
    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.APPROVE_RULES, digest=digest_of(text), party=party, by=_name(by), text=text)
    _tell(found, json)


def publish(
    share: Annotated[
        int, typer.Option(min=1, max=100, help="Percent of the leads; those already in stay in when you raise it.")
    ] = 100,
    version: Annotated[
        str | None, typer.Option(help="An approved version that is not in the folder (leadbus rules show).")
    ] = None,
    folder: Folder = None,
    by: By = "",
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Publish the text in the folder, if marketing and sales both approved it: to all, or first to a share.

    New leads are judged by it at once; open leads are assessed anew in the background (leadbus rules show).
    """
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        digest = ask(rooms, calls.RULE_TEXT, version=version).digest if version else digest_of(text_in(folder))
        found = ask(rooms, calls.PUBLISH_RULES, digest=digest, share=share, by=_name(by))
    _tell(found, json)


def revert(
    by: By = "",
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Go back to what was live before, for everybody, in one step. It was approved then and needs no approval now."""
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        newest = ask(rooms, calls.RULES).publications[0].number
        found = ask(rooms, calls.REVERT_RULES, number=newest, by=_name(by))
    _tell(found, json)


def digest_of(text: str) -> str:
    """What an approval is bound to."""
    from services.qualify.rulebooks import digest_of

    return digest_of(text)


def _name(by: str) -> str:
    return f"{by.strip()} ({me()})" if by.strip() else me()


def _tell(found: "RulesReply", json: bool) -> None:
    from deploy.cli.rules import tell
    from shared.contracts import schema

    if json:
        told: Any = schema.dump(found)
        print_json(told)
    else:
        tell(found)
