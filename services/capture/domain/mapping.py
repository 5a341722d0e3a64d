"""A sender's fields into a submission: by the source's own mapping, then by what such names usually mean."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

from services.capture.domain.cleaning import ANSWER, LINE, MESSAGE, block, folded, line, said
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission
from services.capture.domain.vocabulary import CONTAINERS, THINGS, usual_target

#: More fields than any form has; the rest stays in the raw inquiry.
MOST_FIELDS = 500

#: Characters kept of a value, by kind of target.
_LONGEST = {
    "message": MESSAGE, "answer": ANSWER, "extra": ANSWER, "attribution": ANSWER, "product": ANSWER, "proof": ANSWER,
    "consent_text": ANSWER,
}  # fmt: skip

_YES = {"1", "true", "yes", "y", "on", "x", "ja", "j", "oui", "si", "checked", "optin", "agree", "agreed", "accept"}
_NO = {"0", "false", "no", "n", "off", "nein", "non", "optout", "decline", "declined"}

#: A dialect's own names of fields, folded, to targets: they go before what names usually mean.
Names = Mapping[str, str]
_NO_NAMES: Names = MappingProxyType({})

#: "1.3" of a form's builder is not "13".
_NUMBERED = re.compile(r"\d+(?:\.\d+)+")


def yes_or_no(word: str) -> bool | None:
    """What a box or a list says: None for a word that is neither."""
    plain = folded(word)
    return True if plain in _YES else False if plain in _NO else None


def field_key(name: str) -> str:
    """How a field's name is compared: letters and digits alone, but numbers of parts ("1.3") as they are."""
    return name if _NUMBERED.fullmatch(name) else folded(name)


@dataclass
class _Sheet:
    """What has been filled in so far."""

    person: dict[str, str] = field(default_factory=dict)
    message: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    attribution: dict[str, str] = field(default_factory=dict)
    consent: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)
    proofs: dict[str, str] = field(default_factory=dict)
    single: dict[str, str] = field(default_factory=dict)
    shortened: list[str] = field(default_factory=list)

    def put(self, target: str, name: str, value: str) -> None:
        """Files one value. Of a fact the first value counts; a second stays under its sender's name."""
        kind, _, key = target.partition(".")
        if len(value) > LINE and kind != "ignore" and len(value.strip()) > _LONGEST.get(kind, LINE):
            self.shortened.append(line(name))
        if kind == "person":
            self._once(self.person, key, name, line(value))
        elif kind == "answer":
            _join(self.answers, key, block(value, ANSWER))
        elif kind == "attribution":
            self._once(self.attribution, key, name, line(value, ANSWER))
        elif kind == "consent":
            self._consent(key, name, line(value))
        elif kind == "opt_out":
            self._refuse(key, name, line(value))
        elif kind == "proof":
            self._once(self.proofs, key, name, line(value, ANSWER))
        elif kind == "message":
            self.message.append(block(value)[: max(0, MESSAGE - sum(map(len, self.message)))])
        elif kind == "product":
            self.products += [line(part) for part in re.split(r"[,;|\n]", value[:ANSWER]) if part.strip()]
        elif kind == "extra":
            _join(self.extra, line(name), block(value, ANSWER))
        elif kind != "ignore":
            self._once(self.single, kind, name, line(value, ANSWER if kind == "consent_text" else LINE))

    def _once(self, texts: dict[str, str], key: str, name: str, text: str) -> None:
        if text and texts.setdefault(key, text) != text:
            _join(self.extra, line(name), text)

    def _consent(self, channel: str, name: str, word: str) -> None:
        """A box sent twice under one name is a hidden "no" before the tick: the last one is what was chosen."""
        if channel not in self.consent or self.boxes.get(channel) == name:
            self.consent[channel], self.boxes[channel] = word, name
        elif self.consent[channel] != word:
            _join(self.extra, line(name), word)

    def _refuse(self, channel: str, name: str, word: str) -> None:
        """A ticked opt-out outweighs any opt-in; an empty one says nothing at all."""
        ticked = yes_or_no(word)
        if ticked:
            self.consent[channel], self.boxes[channel] = "no", ""
        elif ticked is None:
            _join(self.extra, line(name), word)


#: What a value is kept under whose field has no name.
_UNNAMED = "unnamed"


def _join(texts: dict[str, str], name: str, text: str) -> None:
    if not text:
        return
    known = texts.get(name or _UNNAMED)
    if known is None:
        texts[name or _UNNAMED] = text
    elif text not in known.split(", "):
        texts[name or _UNNAMED] = f"{known}, {text}"[:ANSWER]


def submission(
    pairs: Iterable[tuple[str, str]],
    source: Source,
    *,
    row: int = 0,
    beside: Mapping[str, str] | None = None,
    own: Names = _NO_NAMES,
) -> Submission:
    """The submission in `pairs` of a sender's field name (dots between levels) and value.

    `beside` are parameters of the address: they say where the visit came from, and fill nothing else. `own` are names
    of the sender's dialect.
    """
    return filed(((target_of(name, source, own), name, value) for name, value in pairs), row=row, beside=beside)


def filed(
    values: Iterable[tuple[str, str, str]], *, row: int = 0, beside: Mapping[str, str] | None = None
) -> Submission:
    """The submission in `values` of target, the sender's field name and value."""
    sheet = _Sheet()
    for number, (target, name, value) in enumerate(values):
        if number >= MOST_FIELDS:
            sheet.shortened.append(f"fields beyond the first {MOST_FIELDS}")
            break
        if value and said(value) is not None:
            sheet.put(target, name, value)
    if beside:
        _visit(sheet, beside.items())
    page = sheet.attribution.get("landing_page")
    if page and "?" in page:
        _visit(sheet, _parameters(page))
    return Submission(
        row=row,
        person=sheet.person,
        message="\n".join(sheet.message) or None,
        products=tuple(dict.fromkeys(sheet.products)),
        campaign=sheet.single.get("campaign"),
        answers=sheet.answers,
        extra=sheet.extra,
        attribution=sheet.attribution,
        consent=sheet.consent,
        consent_text=sheet.single.get("consent_text"),
        proofs=sheet.proofs,
        visitor=sheet.single.get("visitor"),
        reply=sheet.single.get("reply"),
        referrer=sheet.single.get("referrer"),
        provider_key=sheet.single.get("key"),
        test="test" in sheet.single and yes_or_no(sheet.single["test"]) is True,
        trap=sheet.single.get("trap"),
        shortened=tuple(sheet.shortened),
    )


def _visit(sheet: _Sheet, parameters: Iterable[tuple[str, str]]) -> None:
    """The marks of advertisements among the parameters of an address, and the visitor; nothing else of it counts."""
    for name, value in parameters:
        target = usual_target(folded(name)) or ""
        if said(value) is None:
            continue
        if target == "visitor":
            sheet.single.setdefault(target, line(value))
        elif target.startswith("attribution."):
            sheet.attribution.setdefault(target.removeprefix("attribution."), line(value, ANSWER))


def _parameters(page: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(page).query, max_num_fields=100)
    except ValueError:
        return []


def target_of(name: str, source: Source, own: Names = _NO_NAMES) -> str:
    """Where the sender's field `name` belongs: "person.email", "answer.budget", "message", …, or "extra"."""
    names = _plain_names(name[:200])
    for plain in names:
        target = source.fields.get(plain)
        if target:
            return target
    for plain in names:
        target = own.get(plain) or usual_target(plain)
        if target:
            return target
    return "extra"


def hidden_target(name: str, source: Source) -> str:
    """Where a hidden field belongs, which a page or an advertisement fills: it says of a person what was mapped, or how
    to reach them; anything else tells where the visit came from."""
    target = source.fields.get(field_key(name)) or target_of(name, source)
    if target.startswith("person.") and field_key(name) not in source.fields and target not in _PREFILLED:
        target = "extra"
    return f"attribution.{line(name, 100) or _UNNAMED}" if target == "extra" else target


_PREFILLED = {"person.email", "person.phone", "person.full_name", "person.given_name", "person.family_name"}


@lru_cache(maxsize=4096)
def _plain_names(name: str) -> tuple[str, ...]:
    """The folded whole name, and its last part where the parts before it only group fields."""
    if _NUMBERED.fullmatch(name):
        return (name,)
    parts = [folded(part) for part in re.split(r"[.\[\]/]+", name) if part]
    grouped = len(parts) > 1 and all(parent in CONTAINERS or parent.isdigit() for parent in parts[:-1])
    if grouped and parts[-1] in _OF_THE_THING and parts[-2] in THINGS:
        grouped = False
    return ("".join(parts), parts[-1]) if grouped else ("".join(parts),)


#: Names that mean the form where they stand in the form's own object: `form.name` is nobody's name.
_OF_THE_THING = frozenset({"name", "title", "id", "description", "fullname"})
