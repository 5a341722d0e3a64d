"""Reads a letter as the press would: pages, fonts, words."""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pikepdf
from lxml import etree

XJDF = {"x": "http://www.CIP4.org/JDFSchema_2_0"}


@dataclass(frozen=True)
class PrintJob:
    """What lies in a job's zip."""

    pdf: bytes
    manifest: dict[str, Any]
    ticket: Any

    @classmethod
    def read(cls, path: Path) -> "PrintJob":
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == ["letter.pdf", "manifest.json", "ticket.xjdf"]
            return cls(
                archive.read("letter.pdf"),
                orjson.loads(archive.read("manifest.json")),
                etree.fromstring(archive.read("ticket.xjdf")),
            )

    def find(self, path: str) -> list[Any]:
        """Nodes of the job ticket by XPath; its namespace is `x`."""
        found = self.ticket.xpath(path, namespaces=XJDF)
        assert isinstance(found, list)
        return found


def open_letter(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def fonts_not_embedded(pdf: pikepdf.Pdf) -> list[str]:
    """Fonts that the press would have to guess."""
    missing = []
    for page in pdf.pages:
        for font in page.resources.Font.values():
            for part in font.get("/DescendantFonts", [font]):
                descriptor = part.get("/FontDescriptor", {})
                if not any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3")):
                    missing.append(str(font.BaseFont))
    return missing


def words(pdf: pikepdf.Pdf) -> str:
    """The text of all pages without its spaces: glyphs looked up in the fonts' own tables."""
    out = []
    for page in pdf.pages:
        tables = {name: _characters(font) for name, font in page.resources.Font.items()}
        _read(page, page, tables, out)
    return re.sub(r"\s+", "", "".join(out))


def _read(page: Any, stream: Any, tables: dict[str, dict[int, str]], out: list[str]) -> None:
    table: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(stream):
        if str(operator) == "Tf":
            table = tables[str(operands[0])]
        elif str(operator) in ("TJ", "Tj"):
            parts = operands[0] if str(operator) == "TJ" else [operands[0]]
            for part in parts:
                if isinstance(part, pikepdf.String):
                    raw = bytes(part)
                    out.extend(table.get(int.from_bytes(raw[i : i + 2], "big"), "") for i in range(0, len(raw), 2))


def _characters(font: Any) -> dict[int, str]:
    text = bytes(font.ToUnicode.read_bytes()).decode("ascii")
    pairs = re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*(?:\n|$)", text)
    return {int(code, 16): bytes.fromhex(word).decode("utf-16-be") for code, word in pairs if len(word) % 4 == 0}
