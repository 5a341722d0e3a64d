"""Inquiries that come by mail: written by people, by forms that only know mail, by a portal, and by a machine."""

import smtplib
from collections.abc import Sequence
from email.message import EmailMessage

from deploy.demo.formats import adf_document
from deploy.demo.people import Inquirer

INFO = "info@leads.prairieline.example"
PORTAL = "adf@leads.prairieline.example"


def mails(people: Sequence[Inquirer]) -> list[EmailMessage]:
    """One mail of each of these people, and one that nobody wrote."""
    kinds = (_written, _from_a_form, _from_the_portal)
    return [kinds[place % len(kinds)](one) for place, one in enumerate(people)] + [_out_of_office()]


def send(host: str, port: int, messages: Sequence[EmailMessage]) -> int:
    """Hands them to the mail door. Returns how many it took."""
    with smtplib.SMTP(host, port, timeout=30) as server:
        for message in messages:
            server.send_message(message, from_addr="sender@farmmail.example", to_addrs=[message["To"]])
    return len(messages)


def _mail(one: Inquirer, subject: str, to: str = INFO) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f'"{one.name}" <{one.email}>'
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = f"<demo-{one.number}@farmmail.example>"
    message["Date"] = "Mon, 02 Mar 2026 09:00:00 -0600"
    return message


def _written(one: Inquirer) -> EmailMessage:
    message = _mail(one, f"Question about your {one.product.replace('-', ' ')}s")
    message.set_content(
        f"Hello,\n\n{one.wish.message or 'please send me your catalogue.'}\n\nRegards,\n{one.name}\n"
        f"{one.company}\nPhone: {one.phone}\n{one.street}, {one.city}, {one.state} {one.postcode}\n\n"
        "-- \nSent from my phone\n"
    )
    return message


def _from_a_form(one: Inquirer) -> EmailMessage:
    message = _mail(one, "New submission: Ask the dealer")
    message.set_content(
        f"Name: {one.name}\nEmail: {one.email}\nPhone: {one.phone}\nZip: {one.postcode}\n"
        f"Product: {one.product}\nWhen do you plan to buy: {one.wish.timing}\nMessage: {one.wish.message}\n"
    )
    return message


def _from_the_portal(one: Inquirer) -> EmailMessage:
    message = _mail(one, "AutoBase prospect", PORTAL)
    message.set_content("A new prospect, see the attachment.")
    message.add_attachment(adf_document(one).encode(), maintype="application", subtype="x-adf+xml", filename="adf.xml")
    return message


def _out_of_office() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "someone@farmmail.example"
    message["To"] = INFO
    message["Subject"] = "Automatic reply: Your catalogue"
    message["Auto-Submitted"] = "auto-replied"
    message["Message-ID"] = "<demo-auto@farmmail.example>"
    message.set_content("I am out in the fields until Monday.")
    return message
