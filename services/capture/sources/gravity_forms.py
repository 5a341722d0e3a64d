"""Gravity Forms and Gravity Flow: an entry by the numbers of its fields ("1.3" the first name), or by chosen names.

What a number means says the source's mapping. Without one, the parts of names and addresses are known by their number.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from services.capture.domain.cleaning import folded, line
from services.capture.domain.mapping import field_key, filed, target_of
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import form, json, posted
from services.capture.sources.instants import instant
from shared.contracts.intake import Intake

_NUMBER = re.compile(r"(?P<field>\d+)(?:\.(?P<part>\d+))?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\(\d{3}\) ?\d{3}-\d{4}")

_NAME_PARTS = {"2": "person.salutation", "3": "person.given_name", "6": "person.family_name"}
_ADDRESS_PARTS = {
    "1": "person.street", "2": "person.street2", "3": "person.city", "4": "person.state", "5": "person.postcode",
    "6": "person.country",
}  # fmt: skip

#: Of the entry itself, not of what was filled in.
_ENTRY = {
    folded(name): target
    for name, target in {
        "form_id": "attribution.gravity_form_id", "form_title": "attribution.gravity_form", "post_id": "ignore",
        "date_updated": "ignore", "is_starred": "ignore", "is_read": "ignore", "currency": "ignore",
        "created_by": "attribution.keyed_by", "status": "attribution.gravity_status", "id": "ignore",
        "entry_id": "ignore", "workflow_step": "ignore",
    }.items()
}  # fmt: skip

Pairs = list[tuple[str, str]]


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The one inquiry of an entry. Raises Unreadable."""
    pairs, labels = _entry(body, intake)
    if not pairs:
        raise Unreadable("empty", "the entry has no fields")
    said = filed(_filed(pairs, labels, source), beside=intake.query)
    values = dict(pairs)
    number, form_id = values.get("id") or values.get("entry_id"), values.get("form_id", "")
    key = line(f"entry:{form_id}:{number}") if number else said.provider_key
    return [replace(form.with_browser(said, intake), provider_key=key)]


def _entry(body: bytes, intake: Intake) -> tuple[Pairs, Mapping[str, str]]:
    """The values by number or name, and the labels of the form where it was sent along."""
    if not posted.is_json(body, intake.content_type):
        # PHP writes 1_3 for what a form calls 1.3.
        return [(re.sub(r"^(\d+)_(\d+)$", r"\1.\2", name), value) for name, value in posted.fields(body, intake)], {}
    document = json.parse(body, intake.content_type)
    if not isinstance(document, dict):
        raise Unreadable("unreadable", "an entry is one JSON object")
    entry = document.get("entry")
    if not isinstance(entry, dict):
        return list(json.pairs(document)), {}
    beside = {name: value for name, value in document.items() if name not in ("entry", "form")}
    return [*json.pairs(entry), *json.pairs(beside)], dict(_labels(document.get("form")))


def _labels(sent: Any) -> Iterator[tuple[str, str]]:
    fields = sent.get("fields") if isinstance(sent, dict) else None
    for field in fields if isinstance(fields, list) else ():
        if not isinstance(field, dict):
            continue
        inputs = field.get("inputs")
        for one in (field, *(inputs if isinstance(inputs, list) else ())):
            if isinstance(one, dict) and one.get("label"):
                yield str(one.get("id")), str(one["label"])


def _filed(pairs: Pairs, labels: Mapping[str, str], source: Source) -> Iterator[tuple[str, str, str]]:
    parts: dict[str, set[str]] = {}
    for name, _ in pairs:
        number = _NUMBER.fullmatch(name)
        if number and number["part"]:
            parts.setdefault(number["field"], set()).add(number["part"])
    for name, value in pairs:
        number = _NUMBER.fullmatch(name)
        if number is None:
            target = target_of(name, source, _ENTRY)
            yield target, name, instant(value) if target == "attribution.submitted_at" else value
        else:
            yield _meaning(number, value, parts, labels, source), labels.get(name, name), value


def _meaning(
    number: re.Match[str], value: str, parts: Mapping[str, set[str]], labels: Mapping[str, str], source: Source
) -> str:
    whole, field, part = number[0], number["field"], number["part"]
    mapped = source.fields.get(field_key(whole)) or (source.fields.get(field) if part else None)
    if mapped:
        return mapped
    if part:
        # Only an address has parts 1 and 5 beside these; only a name has a sixth without them.
        among = parts[field]
        known = _ADDRESS_PARTS if {"1", "5"} <= among else _NAME_PARTS if not among & {"1", "5"} else {}
        if part in known and among & {"3", "6"}:
            return known[part]
    target = target_of(labels.get(whole) or labels.get(field) or "", source)
    if target != "extra":
        return target
    return "person.email" if _EMAIL.fullmatch(value) else "person.phone" if _PHONE.fullmatch(value) else "extra"
