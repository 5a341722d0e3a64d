"""Draws letters with WeasyPrint, in a process of its own, which `press.py` starts with one end of a socket."""

import resource
import socket
import sys

from weasyprint import HTML
from weasyprint.urls import URLFetcher

from services.fulfillment.channels.letter import Letter
from services.fulfillment.channels.press import ANSWERS, ASKS, read

#: More than any letter needs; a template that runs wild ends this process, not the machine.
MEMORY_BYTES = 2 << 30


def render(html: str) -> Letter:
    """Draws `html`. Nothing is fetched: neither files nor addresses, whatever a template or a name may say."""
    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"])).render()
    return Letter(pdf=document.write_pdf(), pages=len(document.pages))


def main(handle: int) -> None:
    """Draws one letter after the other until the other side hangs up."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    with socket.socket(fileno=handle) as link:
        link.setblocking(True)  # eventlet, on the other side, made it non-blocking
        while True:
            try:
                html = read(link, ASKS.unpack(read(link, ASKS.size))[0]).decode()
            except (EOFError, OSError):
                return
            try:
                letter = render(html)
            except Exception as error:
                # Its name only: the text may quote the letter.
                print(f"a letter could not be drawn: {type(error).__name__}", file=sys.stderr)
                letter = Letter(b"", 0)
            link.sendall(ANSWERS.pack(letter.pages, len(letter.pdf)) + letter.pdf)


if __name__ == "__main__":
    main(int(sys.argv[1]))
