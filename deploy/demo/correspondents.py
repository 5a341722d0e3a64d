"""Dealers and prospects who have nothing but a mailbox: they answer what they were sent, in their own words."""

import random
import re
import smtplib
from collections import Counter
from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from urllib.parse import urlsplit

import requests

from deploy.demo.sending import SECONDS

#: What a dealer writes back, and how often. The rest stay silent, as dealers do.
ANSWERS: tuple[tuple[int, str], ...] = (
    (3, "Spoke to him this morning, nice people."),
    (3, "Sold! $12,500"),
    (2, "Quoted 9,800"),
    (2, "Lost to Acme Ag: price"),
    (1, "Not ready until 2027-03-01"),
    (1, "Let me ask Bob first"),
    (6, ""),
)
#: Every so many-th prospect answers the question whether they bought.
BUYERS = (
    {"answer": "bought"},
    {"answer": "elsewhere", "bought_from": "Acme Ag"},
    {"answer": "looking", "wants_contact": "yes"},
)
_BOUGHT = re.compile(r"https?://\S+(/bought/\S+)")
_ADF = "application/x-adf+xml"


def answer_by_mail(messages: Iterable[EmailMessage], host: str, port: int, rng: random.Random) -> Counter[str]:
    """Has dealers answer the leads in their mailboxes through the mail door; counts of what they wrote."""
    said: Counter[str] = Counter()
    with smtplib.SMTP(host, port, timeout=SECONDS) as server:
        for message in messages:
            if message["Reply-To"] is None or not is_a_lead(message):
                continue
            words = rng.choices([words for _, words in ANSWERS], [weight for weight, _ in ANSWERS])[0]
            said[words or "(nothing)"] += 1
            if words:
                server.send_message(_reply(message, words))
    return said


def tell_whether_they_bought(messages: Sequence[EmailMessage], gateway_url: str) -> Counter[str]:
    """Has prospects follow the link of the question and answer it; counts of their answers."""
    told: Counter[str] = Counter()
    links = [found[1] for message in messages if (found := _BOUGHT.search(_text(message)))]
    for place, path in enumerate(links):
        form = BUYERS[place % len(BUYERS)]
        page = requests.post(gateway_url + urlsplit(path).path, data=form, timeout=SECONDS)
        told[form["answer"] if page.ok else f"{form['answer']}: {page.status_code}"] += 1
    return told


def is_a_lead(message: EmailMessage) -> bool:
    """Whether it hands a lead over, as to people."""
    return any(part.get_content_type() == _ADF for part in message.walk())


def _reply(message: EmailMessage, words: str) -> EmailMessage:
    answer = EmailMessage()
    answer["From"], answer["To"] = message["To"], message["Reply-To"]
    answer["Subject"] = f"Re: {message['Subject']}"
    answer["In-Reply-To"] = message["Message-ID"]
    answer["Message-ID"] = f"<answer-to-{str(message['Message-ID']).strip('<>')}>"
    quoted = "\n".join(f"> {line}" for line in _text(message).splitlines())
    answer.set_content(f"{words}\n\nJim\n\nOn Monday, Prairie Line Equipment wrote:\n{quoted}\n")
    return answer


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return body.get_content() if body is not None else ""
