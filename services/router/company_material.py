"""Reads material.yml: what helps owners at each step of a lead."""

from pathlib import Path
from typing import get_args

from services.router.domain.material import Material
from services.router.domain.status import Status
from shared.company_file import Entry, read_file

FILE = "material.yml"


def read_material(company: Path) -> tuple[Material, ...]:
    """Everything in the company's order; nothing when there is no such file. Raises CompanyError."""
    if not (company / FILE).exists():
        return ()
    return tuple(_material(entry) for entry in read_file(company / FILE).children("material"))


def _material(entry: Entry) -> Material:
    entry.only("title", "url", "text", "at", "products")
    url = entry.web_address("url") if "url" in entry.values else None
    text = entry.optional("text")
    if url is None and text is None:
        raise entry.wrong("url", "give an address, a text, or both")
    at = entry.texts("at")
    if unknown := sorted(set(at) - set(get_args(Status))):
        raise entry.wrong("at", f"{unknown[0]!r} is not one of {', '.join(get_args(Status))}")
    return Material(entry.text("title"), url, text, frozenset(at), frozenset(entry.texts("products")))
