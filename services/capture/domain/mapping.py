"""A sender's fields into a submission: by the source's own mapping, then by what such names usually mean."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from services.capture.domain.cleaning import ANSWER, LINE, MESSAGE, block, folded, line, said
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission
from services.capture.domain.vocabulary import CONTAINERS, usual_target

#: More fields than any form has; the rest stays in the raw inquiry.
MOST_FIELDS = 500

#: Characters kept of a value, by kind of target.
_LONGEST = {"message": MESSAGE, "answer": ANSWER, "extra": ANSWER, "attribution": ANSWER, "product": ANSWER, "proof": ANSWER}

_YES = {"1", "true", "yes", "y", "on", "x", "ja", "j", "oui", "si", "checked", "optin", "agree", "agreed", "accept"}
_NO = {"0", "false", "no", "n", "off", "nein", "non", "optout", "decline", "declined"}


def yes_or_no(word: str) -> bool | None:
    """What a box or a list says: None for a word that is neither."""
    plain = folded(word)
    return True if plain in _YES else False if plain in _NO else None


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
    proofs: dict[str, str] = field(default_factory=dict)
    single: dict[str, str] = field(default_factory=dict)
    shortened: list[str] = field(default_factory=list)

    def put(self, target: str, name: str, value: str) -> None:
        """Files one value. The first one of a person's field counts; a second stays under its sender's name."""
        kind, _, key = target.partition(".")
        if len(value.strip()) > _LONGEST.get(kind, LINE) and kind != "ignore":
            self.shortened.append(name)
        if kind == "person":
            if self.person.setdefault(key, line(value)) != line(value):
                self.extra.setdefault(name, line(value))
        elif kind == "answer":
            text = block(value, ANSWER)
            self.answers[key] = f"{self.answers[key]}, {text}"[:ANSWER] if key in self.answers else text
        elif kind == "attribution":
            self.attribution.setdefault(key, line(value, ANSWER))
        elif kind == "consent":
            self.consent.setdefault(key, line(value))
        elif kind == "proof":
            self.proofs.setdefault(key, line(value, ANSWER))
        elif kind == "message":
            self.message.append(block(value)[: max(0, MESSAGE - sum(map(len, self.message)))])
        elif kind == "product":
            self.products += [line(part) for part in re.split(r"[,;|\n]", value[:ANSWER]) if part.strip()]
        elif kind == "extra":
            self.extra.setdefault(name, block(value, ANSWER))
        elif kind != "ignore":
            self.single.setdefault(kind, line(value))


def submission(
    pairs: Iterable[tuple[str, str]],
    source: Source,
    *,
    row: int = 0,
    beside: Mapping[str, str] | None = None,
) -> Submission:
    """The submission in `pairs` of a sender's field name (dots between levels) and value.

    `beside` are parameters of the address: they say where the visit came from, and fill nothing else.
    """
    sheet = _Sheet()
    for number, (name, value) in enumerate(pairs):
        text = said(value)
        if number >= MOST_FIELDS:
            break
        if text is not None and text.strip():
            sheet.put(target_of(name, source), line(name), text)
    for name, value in (beside or {}).items():
        target = usual_target(folded(name)) or ""
        if target.startswith("attribution.") or target == "visitor":
            sheet.put(target, name, value)
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
        provider_key=sheet.single.get("key"),
        test=yes_or_no(sheet.single.get("test", "")) is True,
        trap=sheet.single.get("trap"),
        shortened=tuple(sheet.shortened),
    )


def target_of(name: str, source: Source) -> str:
    """Where the sender's field `name` belongs: "person.email", "answer.budget", "message", …, or "extra"."""
    for plain in _plain_names(name[:200]):
        target = source.fields.get(plain) or usual_target(plain)
        if target:
            return target
    return "extra"


@lru_cache(maxsize=4096)
def _plain_names(name: str) -> tuple[str, ...]:
    """The folded whole name, and its last part where the parts before it only group fields."""
    parts = [folded(part) for part in re.split(r"[.\[\]/]+", name) if part]
    grouped = len(parts) > 1 and all(parent in CONTAINERS or parent.isdigit() for parent in parts[:-1])
    return ("".join(parts), parts[-1]) if grouped else ("".join(parts),)
