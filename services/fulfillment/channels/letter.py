"""A letter as PDF, drawn by WeasyPrint, and the QR code on it."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import segno
from weasyprint import HTML
from weasyprint.urls import URLFetcher


@dataclass(frozen=True)
class Letter:
    """A letter ready to print."""

    pdf: bytes
    pages: int


#: Draws HTML. The process that runs it chooses where: drawing takes tens of milliseconds of CPU.
Render = Callable[[str], Letter]


def render(html: str) -> Letter:
    """Draws `html`. Nothing is fetched: neither files nor addresses, whatever a template or a name may say."""
    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"])).render()
    return Letter(pdf=document.write_pdf(), pages=len(document.pages))


def qr_code(address: str) -> str:
    """The address as an SVG image, black on white, scaled by the template."""
    out = io.BytesIO()
    segno.make(address, error="m", boost_error=False).save(
        out, kind="svg", xmldecl=False, svgns=True, border=0, omitsize=True, nl=False
    )
    return out.getvalue().decode()
