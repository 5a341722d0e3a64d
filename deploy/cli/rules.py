"""`leadbus rules`: what a good lead is – checked, tried on examples and on history, approved by two, published."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import ask, rooms_of
from deploy.cli.rules_backtest import backtest
from deploy.cli.rules_folder import NEXT, Folder, draft_in, rules_in, text_in
from deploy.cli.rules_publishing import approve, publish, revert
from deploy.cli.terminal import AsJson, InstanceName, console, print_json
from deploy.cli.territories_lint import lint
from deploy.stack import StackError

if TYPE_CHECKING:
    from services.qualify.domain.examples import Verdict
    from shared.contracts.calls import RulesReply

# Rules, contracts and the broker's client take longer to import than most commands run: only these wait for them.

rules = typer.Typer(
    help="The company's rules: what counts, what is hot, what sales gets.\n\n"
    "The file in the company's folder is a draft. On its way to being live:\n\n"
    "1. [bold]check[/] finds mistakes, and names file, line and field\n\n"
    "2. [bold]diff[/] says what the draft changes, in plain words\n\n"
    "3. [bold]test[/] holds it against leads that you know (rules_tests.yml)\n\n"
    "4. [bold]backtest[/] runs it over the leads of the last months\n\n"
    "5. [bold]approve[/] --as marketing, and --as sales by somebody else: each for exactly this text\n\n"
    "6. [bold]publish[/] --share 10, then more; [bold]revert[/] goes back in one step\n\n"
    "[bold]show[/] says what is live, who approved what, and how far a publication has come.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


rules.command()(lint)


@rules.command()
def check(folder: Folder = None, json: AsJson = False) -> None:
    """Check the rules and their examples in the folder. Asks no process: run it before you commit."""
    from services.qualify.company import read_rules
    from services.qualify.company_examples import load_examples
    from services.qualify.domain.advice import advice
    from shared.company_file import CompanyError

    try:
        found = read_rules(text_in(folder).encode())
        examples = load_examples(draft_in(folder).parent, found)
    except CompanyError as error:
        if json:
            print_json({"ok": False, "problem": str(error)})
            raise typer.Exit(1) from None
        raise StackError(f"{error}\n{NEXT}") from None
    odd = advice(found)
    if json:
        print_json({"ok": True, "version": found.version, "advice": odd, "examples": len(examples)})
        return
    console.print(f"{draft_in(folder)}: version {found.version}", markup=False, highlight=False, soft_wrap=True)
    classes = len(found.junk) + len(found.unqualified) + len(found.future)
    console.print(f"{len(found.points)} rules of points, {classes} of classes, {len(examples)} examples: no mistakes.")
    for sentence in odd:
        console.print(Text(f"odd: {sentence}", style="yellow"), soft_wrap=True)
    console.print("Next: leadbus rules diff, leadbus rules test")


@rules.command()
def diff(
    folder: Folder = None,
    against: Annotated[
        str | None, typer.Option(help="A version (leadbus rules show), or another rules.yml; live when left out.")
    ] = None,
    json: AsJson = False,
    instance: InstanceName = "local",
) -> None:
    """Say what the draft changes, rule by rule, in plain words."""
    from services.qualify.company import RULES_FILE
    from services.qualify.company_entry import parsed
    from services.qualify.domain.comparing import changes

    rules_in(folder)
    after = draft_in(folder).read_bytes()
    before, name = _other(against, instance)
    found: Any = changes(parsed(before, RULES_FILE), parsed(after, RULES_FILE))  # type: ignore[arg-type]
    if json:
        print_json({"against": name, "same_text": before == after, "changes": [vars(each) for each in found]})
        return
    for section in dict.fromkeys(each.section for each in found):
        console.print(Text(section, style="bold"))
        for each in found:
            if each.section == section:
                place = f"{each.entry}: " if each.entry else ""
                console.print(Text(f"  {_SIGNS[each.kind]} {place}{each.words}"), soft_wrap=True)
    if not found:
        other = f"Judges as {name} does: only comments or layout differ."
        console.print(f"The same text as {name}." if before == after else other, highlight=False)


_SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": "~"}


def _other(against: str | None, instance: str) -> tuple[bytes, str]:
    """The text that the draft is held against, and how to call it."""
    if against is not None and Path(against).exists():
        file = Path(against) / "rules.yml" if Path(against).is_dir() else Path(against)
        return file.read_bytes(), str(file)
    from shared.contracts import calls

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.RULE_TEXT, version=against)
    return found.text.encode(), f"{found.version}{'' if against else ' (live)'}"


@rules.command("test")
def try_examples(
    folder: Folder = None,
    only: Annotated[str | None, typer.Option(help="Only examples whose name holds this text.")] = None,
    json: AsJson = False,
) -> None:
    """Hold the draft against the examples in rules_tests.yml. Asks no process; ends with 1 when one fails."""
    from services.qualify.company_examples import EXAMPLES_FILE, load_examples
    from services.qualify.domain.examples import tried

    found = rules_in(folder)
    examples = [each for each in load_examples(draft_in(folder).parent, found) if only is None or only in each.name]
    if not examples:
        raise StackError(f"there are no examples; write some into {draft_in(folder).with_name(EXAMPLES_FILE)}")
    verdicts = [tried(each, found) for each in examples]
    failed = [each for each in verdicts if each.problems]
    if json:
        print_json([_as_json(each) for each in verdicts])
    else:
        for verdict in verdicts:
            _tell_verdict(verdict)
        held = len(verdicts) - len(failed)
        console.print(f"{held} of {len(verdicts)} examples hold under {found.version}.", highlight=False)
    raise typer.Exit(1 if failed else 0)


def _tell_verdict(verdict: "Verdict") -> None:
    mark, style = ("x", "red") if verdict.problems else ("ok", "green")
    console.print(Text(f"{mark:>2}  {verdict.example.name}", style=style))
    for problem in verdict.problems:
        console.print(Text(f"      {problem}"))
    if verdict.problems and verdict.assessment:
        for line in verdict.assessment.lines:
            console.print(Text(f"      {line.points:+4d}  {line.rule}: {line.because}", style="dim"))
        for sentence in verdict.assessment.because:
            console.print(Text(f"      {sentence}", style="dim"))


def _as_json(verdict: "Verdict") -> dict[str, Any]:
    made = verdict.assessment
    return {
        "name": verdict.example.name,
        "holds": not verdict.problems,
        "problems": list(verdict.problems),
        "score": made.score if made else None,
        "rank": made.rank if made else None,
        "decision": made.decision if made else None,
    }


@rules.command()
def show(json: AsJson = False, instance: InstanceName = "local") -> None:
    """Show what is live, what is on trial, the draft with its approvals, and the last publications."""
    from shared.contracts import calls, schema

    with rooms_of(instance) as rooms:
        found = ask(rooms, calls.RULES)
    if json:
        print_json(schema.dump(found))
    else:
        tell(found)


def tell(found: "RulesReply") -> None:
    """The state of the rules, for people."""
    rows = [("live", found.live)]
    if found.trial:
        rows.append((f"trial, {found.share} %", found.trial))
    if found.draft:
        rows.append(("draft", found.draft))
    rows += [("waiting", each) for each in found.waiting]
    table = Table("", "version", "state", "approved by", "still needed", box=None, pad_edge=False)
    for name, entry in rows:
        approved = "; ".join(f"{each.party}: {each.by}, {each.at:%Y-%m-%d %H:%M}" for each in entry.approvals)
        table.add_row(*map(Text, (name, entry.version, entry.state, approved, ", ".join(entry.missing))))
    console.print(table)
    if found.problem:
        console.print(Text(f"The file cannot be used: {found.problem}", style="red"), soft_wrap=True)
    for change in found.changes:
        place = f'{change.section} "{change.entry}"' if change.entry else change.section
        console.print(Text(f"  {place}: {change.words}"), soft_wrap=True)
    if found.reassessment:
        run = found.reassessment
        word = "were assessed anew" if run.ended_at else "have been assessed anew so far"
        console.print(f"{run.done} open leads {word}, {run.changed} changed.", highlight=False)
    history = Table("number", "when", "what", "share", "version", "by", box=None, pad_edge=False)
    for made in found.publications:
        cells = (str(made.number), f"{made.at:%Y-%m-%d %H:%M}", made.kind, f"{made.share} %", made.version, made.by)
        history.add_row(*map(Text, cells))
    console.print(history)


rules.command()(backtest)
rules.command()(approve)
rules.command()(publish)
rules.command()(revert)
