"""What a printed letter is, and the QR code on it."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import segno


@dataclass(frozen=True)
class Letter:
    """A letter ready to print."""

    pdf: bytes
    pages: int


#: Draws HTML as a letter.
Render = Callable[[str], Letter]


def qr_code(address: str) -> str:
    """The address as an SVG image, black on white, scaled by the template."""
    out = io.BytesIO()
    segno.make(address, error="m", boost_error=False).save(
        out, kind="svg", xmldecl=False, svgns=True, border=0, omitsize=True, nl=False
    )
    return out.getvalue().decode()
