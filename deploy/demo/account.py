"""The printed account: what came in, what became of it, and that it adds up."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.demo.office import Office
from deploy.demo.sending import Sent

LONGEST = 12
#: What becomes of an inquiry, in the front desk's ledger.
OUTCOMES = ("registered", "responded", "quarantined", "test", "duplicate", "withdrawn", "erased")


@dataclass(frozen=True)
class Account:
    """Everything that the account tells."""

    sent: Sent
    ledger: dict[str, dict[str, int]]
    funnel: dict[str, Any]
    quarantine: list[dict[str, Any]]
    mails: int
    print_jobs: int
    webhooks: int
    #: Leads, and files of leads, that arrived at dealers by other ways.
    systems: dict[str, int]
    dealers: Counter[str]
    #: What a dealer's people and a sales manager did in the portal.
    portal: Counter[str]
    #: What dealers wrote by mail, and what prospects said of their purchase.
    letters: Counter[str]
    bought: Counter[str]
    office: Office
    seconds: dict[str, float]
    pages: dict[str, str]

    @property
    def balanced(self) -> bool:
        """Whether received = accounted for, at the front desk and in the journal."""
        desk = self.ledger["capture"]
        outcomes = sum(desk[name] for name in OUTCOMES)
        return desk["received"] == self.sent.inquiries == outcomes and self.ledger["analytics"]["balance"] == 0


def show(account: Account, console: Console) -> None:
    """Prints the account."""
    _show_doors(account, console)
    _show_outcomes(account, console)
    _show_quarantine(account, console)
    for title, key in (
        ("Rank", "by_rank"),
        ("Source", "by_source"),
        ("Campaign", "by_campaign"),
        ("Owner", "by_owner"),
    ):
        _show_breakdown(title, account.funnel[key], console)
    _show_work(account, console)
    _show_funnel(account, console)
    _show_balance(account, console)


def _show_doors(account: Account, console: Console) -> None:
    table = _table("What was sent", "door", "answer", "requests")
    for (door, code), number in sorted(account.sent.answers.items()):
        table.add_row(door, str(code), str(number))
    console.print(table)


def _show_outcomes(account: Account, console: Console) -> None:
    desk = account.ledger["capture"]
    table = _table("What became of it", "outcome", "inquiries")
    names = {
        "registered": "new leads", "responded": "repeat, joined an open lead", "quarantined": "quarantined",
        "duplicate": "second copies of one submission", "test": "marked as tests",
    }  # fmt: skip
    for key, name in names.items():
        table.add_row(name, str(desk[key]))
    further = {
        "awaiting": "answers still to be fetched", "withdrawn": "taken back by the platform",
        "erased": "erased with their person",
    }  # fmt: skip
    for key, name in further.items():
        if desk.get(key):
            table.add_row(name, str(desk[key]))
    table.add_row("[bold]received[/]", f"[bold]{desk['received']}[/]")
    console.print(table)


def _show_quarantine(account: Account, console: Console) -> None:
    table = _table("Quarantine (nothing is thrown away)", "reason", "inquiries", "for example")
    reasons = Counter(entry["reason"] for entry in account.quarantine)
    for reason, number in reasons.most_common():
        example = next(entry["detail"] for entry in account.quarantine if entry["reason"] == reason)
        table.add_row(reason, str(number), example[:80])
    console.print(table)


def _show_breakdown(title: str, rows: list[dict[str, Any]], console: Console) -> None:
    table = _table(f"Leads by {title.lower()}", title.lower(), "leads", "")
    most = max((row["leads"] for row in rows), default=1)
    for row in rows[:LONGEST]:
        table.add_row(row["key"], str(row["leads"]), Bar(most, 0, row["leads"], width=30))
    if len(rows) > LONGEST:
        table.add_row(f"… {len(rows) - LONGEST} more", str(sum(row["leads"] for row in rows[LONGEST:])), "")
    console.print(table)


def _show_work(account: Account, console: Console) -> None:
    table = _table("What was done for them", "work", "number")
    router, pieces, nurture = (account.ledger[room] for room in ("router", "fulfillment", "nurture"))
    for name, counts in (("delivery", router), ("piece", pieces)):
        for key, number in sorted(counts.items()):
            if key.startswith(("webhook", "email", "post")):
                table.add_row(f"{name}: {key.replace('_', ' ').replace('.', ' ')}", str(number))
    table.add_row("mails in the mailbox", str(account.mails))
    table.add_row("webhooks at dealers' systems", str(account.webhooks))
    for way, number in sorted(account.systems.items()):
        table.add_row(f"at dealers' systems by {way}", f"{number} files" if way == "csv" else str(number))
    table.add_row("print jobs in the hot folder", str(account.print_jobs))
    for key, number in sorted(nurture.items()):
        if key.startswith(("enrolments", "steps_taken")):
            table.add_row(f"nurture: {key.replace('_', ' ').replace('.', ' ')}", str(number))
    for action, number in sorted(account.dealers.items()):
        table.add_row(f"dealers' answers: {action.replace('_', ' ')}", str(number))
    for act, number in sorted(account.portal.items()):
        table.add_row(f"in the portal: {act}", str(number))
    for words, number in account.letters.most_common():
        table.add_row(f"dealers' mail: {words}", str(number))
    for answer, number in sorted(account.bought.items()):
        table.add_row(f"prospects, asked whether they bought: {answer.replace('_', ' ')}", str(number))
    desk, office = account.ledger["capture"], account.office
    table.add_row("footsteps of visitors, joined to their person", str(desk["activities_stored"]))
    for outcome, number in sorted(office.screened.items()):
        table.add_row(f"screened: {outcome.replace('_', ' ')}", str(number))
    table.add_row("put right and released from quarantine", str(office.released))
    table.add_row("pairs of people for a manager to decide", str(office.questions))
    word = f"{office.rows} in {office.rooms} rooms{'' if office.complete else ', not complete'}"
    table.add_row("rows that went with a person who asked to be forgotten", word)
    console.print(table)
    _show_rules(account, console)


def _show_rules(account: Account, console: Console) -> None:
    changed = account.office.rules
    table = _table("A change of the rules", "step", "what came of it")
    table.add_row("the draft", Text("; ".join(changed.words)))
    table.add_row("published with marketing's approval alone", Text(changed.refused))
    table.add_row("with both approvals", f"{changed.share} % of the leads")
    table.add_row("reverted in one step", "what was live before is live again" if changed.reverted else "[red]no[/]")
    console.print(table)


def _show_funnel(account: Account, console: Console) -> None:
    table = _table("Funnel", "stage", "leads", "of the stage before", "")
    stages = account.funnel["stages"]
    most = max((stage["leads"] for stage in stages), default=1) or 1
    for stage in stages:
        share = "" if stage["conversion"] is None else f"{stage['conversion']:.0%}"
        table.add_row(stage["stage"], str(stage["leads"]), share, Bar(most, 0, stage["leads"], width=30))
    console.print(table)


def _show_balance(account: Account, console: Console) -> None:
    desk = account.ledger["capture"]
    verdict = "[green]balanced[/]" if account.balanced else "[red]NOT balanced[/]"
    console.print(
        f"\nLedger: {account.sent.inquiries} sent = {desk['received']} received = "
        f"{desk['registered']} new + {desk['responded']} repeat + {desk['quarantined']} quarantined + "
        f"{desk['duplicate']} second copies + {desk['test']} tests + {desk['erased']} erased: {verdict}"
    )
    if account.sent.repeated:
        console.print(f"Second copies that were given the first one's receipt: {account.sent.repeated}")
    console.print(f"Leads without an owner: {account.ledger['router']['live_without_owner']}")
    console.print("Seconds: " + ", ".join(f"{name} {value:.1f}" for name, value in account.seconds.items()))
    for name, address in account.pages.items():
        console.print(f"{name:<26}{address}", highlight=False)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for index, column in enumerate(columns):
        table.add_column(
            column, justify="right" if column in ("leads", "inquiries", "number", "requests") and index else "left"
        )
    return table
