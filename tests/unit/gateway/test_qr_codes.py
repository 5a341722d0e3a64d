"""What is printed can be read by a telephone: the drawings are decoded again."""

import re
from collections.abc import Iterator

import numpy
import pytest
import zxingcpp

from gateway.routes import entry_points

POINTS = 6
_STEP = re.compile(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?")


def picture(drawing: str) -> numpy.ndarray:
    """The SVG element as grey points: its dark path has horizontal strokes of one module's height."""
    size = int(re.findall(r'viewBox="0 0 (\d+)', drawing)[0])
    [path] = re.findall(r'<path[^>]*stroke="#000"[^>]*d="([^"]+)"|<path[^>]*d="([^"]+)"[^>]*stroke="#000"', drawing)
    points = numpy.full((size * POINTS, size * POINTS), 255, dtype=numpy.uint8)
    for x, y, length in strokes("".join(path)):
        points[y * POINTS : (y + 1) * POINTS, x * POINTS : (x + length) * POINTS] = 0
    return points


def strokes(path: str) -> Iterator[tuple[int, int, int]]:
    x = y = 0.0
    for command, first, second in _STEP.findall(path):
        if command == "h":
            yield int(x), int(y), int(float(first))
            x += float(first)
        else:
            x, y = (float(first), float(second)) if command == "M" else (x + float(first), y + float(second))


def decoded(drawing: str, points: numpy.ndarray | None = None) -> str:
    [found] = zxingcpp.read_barcodes(picture(drawing) if points is None else points)
    return str(found.text)


@pytest.mark.parametrize(
    "address",
    [
        "https://leads.prairieline.example/c/FPS26",
        "https://leads.prairieline.example/c/Gr%C3%BCn%20%26%20gut",
        "https://leads.prairieline.example/forms/catalogue?utm_campaign=" + "x" * 120,
    ],
)
def test_a_code_leads_to_its_address(address: str) -> None:
    assert decoded(str(entry_points.qr(address))) == address


def test_a_stain_does_no_harm() -> None:
    address = "https://leads.prairieline.example/c/FPS26"
    drawing = str(entry_points.qr(address))
    stained = picture(drawing)
    middle = stained.shape[0] // 2
    stained[middle - 2 * POINTS : middle + 2 * POINTS, middle - 2 * POINTS : middle + 2 * POINTS] = 0

    assert decoded(drawing, stained) == address


def test_there_is_room_around_it() -> None:
    """Four modules of white: without them many telephones find nothing on a dark page."""
    points = picture(str(entry_points.qr("https://leads.prairieline.example/c/FPS26")))
    edge = 4 * POINTS

    assert points[:edge].min() == points[:, :edge].min() == points[-edge:].min() == points[:, -edge:].min() == 255
    assert "#fff" in str(entry_points.qr("x")), "white of its own"
