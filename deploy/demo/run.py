"""Runs the demo against a running stack: sends, waits, lets dealers answer and time pass, and prints the account."""

import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.demo import account, correspondents, inquiries, mails, office, owners, platform_apis, portal, systems
from deploy.demo.sending import Gateway, Sent
from deploy.demo.settling import NotSettled, wait_until_settled
from deploy.stack import Process, Stack
from deploy.stack.rooms import health
from shared.clock import read_offset, write_offset

#: Time that passes in the demo: the first nurture step comes due, and clocks of leads left lying run out.
PASSES = timedelta(days=3, hours=1)
#: And more: owners have been silent for so long that their prospects are asked whether they bought.
SILENCE = timedelta(days=19)
LOOK_AROUND = ("intake", "read", "manage", "privacy", "screening", "rules:read", "prediction")


def outside_processes(stack: Stack) -> tuple[Process, ...]:
    """Everybody whose systems we cannot have here: the dealers', and the platforms that keep answers."""
    return dealers_process(stack), platforms_process(stack)


def environment(outside: tuple[Process, ...]) -> dict[str, str]:
    """What the demo's rooms and gateway are told beside the usual."""
    dealers, apis = outside
    return {
        "LEADBUS_WEBHOOK_STAND_IN": dealers.address,
        "LEADBUS_SFTP_STAND_IN": f"127.0.0.1:{dealers.command[-1]}",
        **systems.SECRETS,
        "LEADBUS_PLATFORM_STAND_IN": apis.address,
        "LEADBUS_REPLY_ADDRESS": "dealers@leads.prairieline.example",
        **platform_apis.settings(),
    }


def platforms_process(stack: Stack) -> Process:
    """Meta's and LinkedIn's interfaces."""
    port = stack.instance.port("platforms")
    return Process(
        name="platforms",
        command=(sys.executable, "-m", "deploy.demo.platform_apis", str(port)),
        priority=30,
        ready=lambda: health(f"http://127.0.0.1:{port}/") == 200,
        address=f"http://127.0.0.1:{port}/",
        stop_seconds=5,
    )


def dealers_process(stack: Stack) -> Process:
    """The dealers' own systems."""
    port = stack.instance.port("dealers")
    folder = stack.instance.part("dealers")
    company = stack.environment("router")["LEADBUS_COMPANY"]
    return Process(
        name="dealers",
        command=(
            *(sys.executable, "-m", "deploy.demo.dealers", str(port), str(folder), company),
            str(stack.instance.port("sftp")),
        ),
        environment={},
        priority=30,
        ready=lambda: health(f"http://127.0.0.1:{port}/") == 200,
        address=f"http://127.0.0.1:{port}/",
        stop_seconds=5,
    )


def main(stack: Stack) -> int:
    """Returns 0 when everything adds up."""
    console = Console()
    gateway = Gateway(
        stack.gateway_url,
        stack.new_key("demo", ("intake", "read", "manage", "privacy", "screening", "rules:read", "prediction")),
    )
    seconds: dict[str, float] = {}
    began = time.monotonic()
    sent = _send(gateway, console)
    written = mails.send(*stack.mail_door, mails.mails(inquiries.writers()))
    sent.answers["mail", 250] += written
    sent.inquiries += written
    seconds["sending"] = time.monotonic() - began
    try:
        with console.status("working") as status:
            wait_until_settled(gateway, sent.inquiries, told=status.update)
            seconds["until all was done"] = time.monotonic() - began
            systems.try_all(gateway)
            status.update("dealers answer")
            answers = _dealers_answer(stack)
            seen = portal.visit(stack.gateway_url, stack.mails)
            letters = correspondents.answer_by_mail(stack.mails(), *stack.mail_door, random.Random(inquiries.SEED))
            wait_until_settled(gateway, sent.inquiries, told=status.update)
            status.update("the office works")
            done = office.work(gateway, *_parties(stack), sent.receipts, datetime.now(UTC).date())
            status.update(f"{PASSES.days} days pass")
            _pass(stack, PASSES)
            wait_until_settled(gateway, sent.inquiries, told=status.update)
            status.update(f"{SILENCE.days} more days pass")
            _pass(stack, SILENCE)
            wait_until_settled(gateway, sent.inquiries, told=status.update)
            status.update("prospects tell whether they bought")
            bought = correspondents.tell_whether_they_bought(stack.mails(), stack.gateway_url)
            ledger = wait_until_settled(gateway, sent.inquiries, told=status.update)
            seconds["in all"] = time.monotonic() - began
    except NotSettled as late:
        console.print(f"[red]Not everything arrived[/]: {late}. Look at: leadbus logs -i demo")
        return 1
    final = _account(stack, gateway, sent, ledger, answers, seen, letters, bought, done, seconds)
    account.show(final, console)
    return 0 if final.balanced else 1


def _parties(stack: Stack) -> tuple[Gateway, Gateway]:
    """Marketing, who may publish, and sales: neither approves for the other."""
    marketing = stack.new_key("marketing", ("rules:read", "rules:write", "rules:approve:marketing"))
    sales = stack.new_key("sales", ("rules:read", "rules:approve:sales"))
    return Gateway(stack.gateway_url, marketing), Gateway(stack.gateway_url, sales)


def _pass(stack: Stack, span: timedelta) -> None:
    write_offset(stack.clock_file, read_offset(stack.clock_file) + span.total_seconds())


def _send(gateway: Gateway, console: Console) -> Sent:
    stream = inquiries.stream()
    columns = (TextColumn("sending"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("sending", total=len(stream))
        return gateway.send(stream, lambda: progress.advance(task))


def _dealers_answer(stack: Stack) -> Counter[str]:
    received = stack.instance.part("dealers") / "received.jsonl"
    return owners.answer_leads(received, stack.gateway_url, random.Random(inquiries.SEED))


def _account(
    stack: Stack,
    gateway: Gateway,
    sent: Sent,
    ledger: dict[str, dict[str, int]],
    answers: Counter[str],
    seen: Counter[str],
    letters: Counter[str],
    bought: Counter[str],
    done: office.Office,
    seconds: dict[str, float],
) -> account.Account:
    jobs = list(stack.instance.part("print").rglob("*.zip"))
    received = stack.instance.part("dealers") / "received.jsonl"
    return account.Account(
        sent=sent,
        ledger=ledger,
        funnel=gateway.read("/v1/reports/funnel"),
        quarantine=gateway.read("/v1/quarantine?limit=200")["entries"],
        mails=len(stack.mails()),
        print_jobs=len(jobs),
        systems=systems.counts(received.parent),
        webhooks=len(received.read_text().splitlines()) if received.exists() else 0,
        dealers=answers,
        portal=seen,
        letters=letters,
        bought=bought,
        office=done,
        seconds=seconds,
        pages={
            "Start": stack.gateway_url,
            "Contact form": f"{stack.gateway_url}/forms/contact",
            "Every source, with curl": f"{stack.gateway_url}/sources",
            "Printed entry points": f"{stack.gateway_url}/entry-points",
            "Dealers' own page": f"{stack.gateway_url}/portal",
            "Staff forward leads": f"{stack.gateway_url}/refer",
            "API documents": f"{stack.gateway_url}/docs",
            "With the key as password": "",
            "  Funnel": f"{stack.gateway_url}/funnel",
            "  Quarantine": f"{stack.gateway_url}/quarantine",
            "  Who may be one": f"{stack.gateway_url}/reviews",
            "  Leads to call": f"{stack.gateway_url}/screening",
            "  Rules": f"{stack.gateway_url}/rules",
            "  Prediction": f"{stack.gateway_url}/prediction",
            "  Owners": f"{stack.gateway_url}/owners",
            "  Deliveries": f"{stack.gateway_url}/deliveries",
            "  Campaigns": f"{stack.gateway_url}/campaigns",
            "  Certificate of erasure": stack.gateway_url + done.certificate,
            "Mailbox": stack.mail_page,
            "Dealers' systems": f"http://127.0.0.1:{stack.instance.port('dealers')}/",
            "Print jobs": str(stack.instance.part("print")),
            "A key to look around": gateway.key,
        },
    )
