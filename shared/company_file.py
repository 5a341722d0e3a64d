"""A company's YAML files, read entry by entry under names that errors can point to."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

#: One plain address: what could be read as two, or as a header, is refused.
_ADDRESS = re.compile(r"[^\s@,;:<>\"()\[\]\\]+@[^\s@,;:<>\"()\[\]\\]+\.[^\s@,;:<>\"()\[\]\\]+")


class CompanyError(ValueError):
    """A company file cannot be used. The message names the file, the entry and the field."""


def read_file(path: Path) -> "Entry":
    """The whole file as one entry. Raises CompanyError."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CompanyError(f"{path}: this file is needed") from None
    except yaml.YAMLError as error:
        raise CompanyError(f"{path}: not YAML: {error}") from error
    if not isinstance(document, dict):
        raise CompanyError(f"{path}: a mapping is expected")
    return Entry(path.name, document)


@dataclass(frozen=True)
class Entry:
    """A mapping in a company file; `name` says where it stands, for example "owners.yml: owner hawkeye"."""

    name: str
    values: Mapping[str, Any]

    def wrong(self, field: str, problem: str) -> CompanyError:
        """The error to raise about `field`."""
        return CompanyError(f"{self.name}: {field}: {problem}")

    def only(self, *known: str) -> None:
        """Refuses fields that nobody reads: most of them are misspelt."""
        for field in self.values:
            if field not in known:
                near = get_close_matches(str(field), known, 1)
                raise self.wrong(str(field), f"unknown field{f', did you mean {near[0]!r}?' if near else ''}")

    def text(self, field: str) -> str:
        """A text that must be there."""
        value = self.optional(field)
        if value is None:
            raise self.wrong(field, "this is needed")
        return value

    def optional(self, field: str) -> str | None:
        """A text, or None."""
        value = self.values.get(field)
        if value is None or value == "":
            return None
        if isinstance(value, bool | dict | list):
            raise self.wrong(field, f"a text is expected, not {value!r}")
        return str(value)

    def whole(self, field: str) -> int | None:
        """A whole number above 0, or None."""
        value = self.values.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.wrong(field, f"a whole number above 0 is expected, not {value!r}")
        return value

    def number(self, field: str) -> float:
        """A number above 0 that must be there."""
        value = self.values.get(field)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise self.wrong(field, f"a number above 0 is expected, not {value!r}")
        return float(value)

    def day(self, field: str) -> date:
        """A day that must be there."""
        value = self.values.get(field)
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.wrong(field, f"a day is expected, like 2026-12-24, not {value!r}")
        return value

    def flag(self, field: str, default: bool) -> bool:
        """true or false."""
        value = self.values.get(field, default)
        if not isinstance(value, bool):
            raise self.wrong(field, f"true or false is expected, not {value!r}")
        return value

    def texts(self, field: str) -> list[str]:
        """A list of texts; empty when it is left out."""
        value = self.values.get(field) or []
        if not isinstance(value, list) or any(isinstance(item, dict | list | bool) or item is None for item in value):
            # YAML reads a bare NO (Norway, say) as false: it must be quoted.
            raise self.wrong(field, f"a list of texts is expected, not {value!r}")
        return [str(item) for item in value]

    def address(self, field: str) -> str:
        """One email address."""
        value = self.text(field)
        if not value.isascii() or not _ADDRESS.fullmatch(value):
            raise self.wrong(field, f"{value!r} is not one email address")
        return value

    def web_address(self, field: str) -> str:
        """A web address: https, or http for a demo; without user name or password."""
        value = self.text(field)
        parts = urlsplit(value)
        plain = all("!" <= character <= "~" for character in value)
        if not plain or parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
            raise self.wrong(field, f"{value!r} is not a web address like https://leads.dealer.example/leadbus")
        return value

    def one_of(self, field: str, known: Collection[str]) -> str:
        """The name of something that is declared elsewhere."""
        return self._known(field, self.text(field), known)

    def each_of(self, field: str, known: Collection[str]) -> list[str]:
        """Names of things that are declared elsewhere; at least one, none twice."""
        names = [self._known(field, name, known) for name in self.texts(field)]
        if not names:
            raise self.wrong(field, "at least one is needed")
        if len(set(names)) != len(names):
            raise self.wrong(field, "one of them is there twice")
        return names

    def child(self, field: str) -> "Entry":
        """A mapping inside this one."""
        value = self.values.get(field)
        if not isinstance(value, dict):
            raise self.wrong(field, "this is needed")
        return Entry(f"{self.name}: {field}", value)

    def children(self, field: str) -> list["Entry"]:
        """The mappings of a list, each named by its id, or by its place."""
        value = self.values.get(field) or []
        if not isinstance(value, list) or any(not isinstance(item, dict) for item in value):
            raise self.wrong(field, "a list of entries is expected")
        return [Entry(f"{self.name}: {field} {item.get('id', place)}", item) for place, item in enumerate(value, 1)]

    def _known(self, field: str, name: str, known: Collection[str]) -> str:
        if name not in known:
            near = get_close_matches(name, known, 1)
            raise self.wrong(field, f"there is no {name!r}{f', did you mean {near[0]!r}?' if near else ''}")
        return name
