"""The company's own pieces and literature: `pieces.yml` and `literature.yml`, checked when they are loaded."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from services.fulfillment.domain.literature import FACTS, Item, Rule
from services.fulfillment.domain.pieces import Piece
from services.fulfillment.domain.wording import NotOneAddress, mailbox
from shared.company_file import CompanyError
from shared.conditions import Condition, ConditionError


@dataclass(frozen=True)
class Sender:
    """The company as it stands in its messages."""

    name: str
    claim: str
    email: str
    reply_to: str
    phone: str
    website: str
    #: Postal address, as the law wants it under every commercial message.
    address: tuple[str, ...]
    country: str
    #: Who signs letters when nobody is responsible yet.
    signed_by: str
    colour: str
    accent: str


@dataclass(frozen=True)
class Library:
    """Everything that the company says about what it sends."""

    sender: Sender
    pieces: Mapping[str, Piece]
    #: Ids of the pieces that acknowledge a first and a repeated inquiry.
    first_answer: str
    repeat_answer: str
    #: Id of the piece that asks to confirm a yes; None for a company that asks nobody.
    confirm_answer: str | None
    #: Id of the piece that asks a prospect whether they bought; None for a company that asks nobody.
    purchase_question: str | None
    #: Where marketing needs a yes, not just the absence of a no. ISO 3166-1 alpha-2.
    opt_in_countries: frozenset[str]
    #: How long literature waits for the verdict and the owner.
    patience: timedelta
    #: Names of products by language.
    products: Mapping[str, Mapping[str, str]]
    items: Mapping[str, Item]
    rules: tuple[Rule, ...]
    version: str

    def product_name(self, product: str, language: str) -> str:
        """What customers call a product; its id in words when the company gave it no name."""
        names = self.products.get(product, {})
        return names.get(language) or names.get("en") or product.replace("-", " ")


@dataclass(frozen=True)
class _Entry:
    """A mapping in a file, which says where it stands when something is wrong with it."""

    where: str
    values: Mapping[str, Any]

    def wrong(self, field: str, what: str) -> CompanyError:
        return CompanyError(f"{self.where}: {field}: {what}")

    def only(self, *known: str) -> None:
        for name in self.values:
            if name not in known:
                raise self.wrong(str(name), f"is not known here; known are {', '.join(known)}")

    def text(self, field: str, default: str | None = None) -> str:
        value = self.values.get(field, default)
        if not isinstance(value, str) or (not value.strip() and default is None):
            raise self.wrong(field, "a text is required")
        return value

    def optional(self, field: str) -> str | None:
        return self.text(field) if self.values.get(field) is not None else None

    def texts(self, field: str, *, required: bool = False) -> tuple[str, ...]:
        value = self.values.get(field, [])
        if not isinstance(value, list) or required > bool(value):
            raise self.wrong(field, "a list of texts is required")
        for one in value:
            if not isinstance(one, str):
                raise self.wrong(field, f"{one!r} is not a text; write it in quotes (YAML takes a bare NO for false)")
        return tuple(value)

    def number(self, field: str, default: float) -> float:
        value = self.values.get(field, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise self.wrong(field, "a number above 0 is required")
        return float(value)

    def one_of(self, field: str, *allowed: str) -> Any:
        value = self.text(field)
        if value not in allowed:
            raise self.wrong(field, f"{value!r} is not one of {', '.join(allowed)}")
        return value

    def by_language(self, field: str) -> dict[str, str]:
        value = self.values.get(field)
        if isinstance(value, str):
            return {"en": value}
        if not isinstance(value, dict) or not value or not all(isinstance(one, str) for one in value.values()):
            raise self.wrong(field, "a text, or texts by language, are required")
        return dict(value)


def load(folder: Path) -> Library:
    """Reads and checks both files. Raises CompanyError."""
    pieces_file, literature_file = folder / "pieces.yml", folder / "literature.yml"
    said, offered = _read(pieces_file), _read(literature_file)
    pieces = _by_id(said, "pieces", _piece)
    items = _by_id(offered, "items", _item)
    for entry in _entries(said, "pieces"):
        _known_items(entry, items)
    rules = tuple(_rule(entry, pieces, items) for entry in _entries(offered, "rules"))
    answers = _part(said, "acknowledge")
    return Library(
        sender=_sender(_part(said, "sender")),
        pieces=pieces,
        first_answer=_known_piece(answers, "first", pieces),
        repeat_answer=_known_piece(answers, "repeat", pieces),
        confirm_answer=_confirm(answers, pieces),
        purchase_question=_purchase(said, pieces),
        opt_in_countries=frozenset(said.texts("opt_in_countries")),
        patience=timedelta(minutes=offered.number("wait_minutes", 10)),
        products={entry.text("id"): entry.by_language("name") for entry in _entries(offered, "products")},
        items=items,
        rules=rules,
        version=_version(pieces_file, literature_file),
    )


def _confirm(entry: _Entry, pieces: Mapping[str, Piece]) -> str | None:
    if entry.values.get("confirm") is None:
        return None
    piece = pieces[_known_piece(entry, "confirm", pieces)]
    if piece.channel != "email" or piece.kind != "transactional":
        raise entry.wrong("confirm", "must be a transactional email: it asks whether marketing may follow")
    return piece.id


def _purchase(entry: _Entry, pieces: Mapping[str, Piece]) -> str | None:
    if entry.values.get("ask_purchase") is None:
        return None
    piece = pieces[_known_piece(entry, "ask_purchase", pieces)]
    if piece.channel != "email" or not piece.unsubscribe:
        raise entry.wrong("ask_purchase", "must be an email that can be unsubscribed from: nobody asked for it")
    return piece.id


def _sender(entry: _Entry) -> Sender:
    entry.only(*Sender.__dataclass_fields__)
    for field in ("email", "reply_to"):
        try:
            mailbox(entry.text(field))
        except NotOneAddress as error:
            raise entry.wrong(field, str(error)) from error
    for field in ("colour", "accent"):
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", entry.text(field)):
            raise entry.wrong(field, "a colour like #1f4d3a is required")
    texts = {name: entry.text(name) for name in Sender.__dataclass_fields__ if name != "address"}
    return Sender(**texts, address=entry.texts("address", required=True))


def _piece(entry: _Entry) -> Piece:
    entry.only(
        "id", "channel", "kind", "template", "subject", "unsubscribe", "stale_after_days", "items", "approved_by"
    )
    kind = entry.one_of("kind", "transactional", "marketing")
    unsubscribe = entry.values.get("unsubscribe", kind == "marketing")
    if kind == "marketing" and not unsubscribe:
        raise entry.wrong("unsubscribe", "a marketing piece must carry the link")
    return Piece(
        id=entry.text("id"),
        channel=entry.one_of("channel", "email", "post"),
        kind=kind,
        template=entry.text("template"),
        subject=entry.by_language("subject"),
        unsubscribe=bool(unsubscribe),
        stale_after=timedelta(days=entry.number("stale_after_days", 14)),
        items=entry.texts("items"),
        approved_by=entry.text("approved_by"),
    )


def _item(entry: _Entry) -> Item:
    entry.only("id", "title", "kind", "summary", "products", "link", "sku")
    item = Item(
        id=entry.text("id"),
        title=entry.text("title"),
        kind=entry.text("kind"),
        summary=entry.text("summary", ""),
        products=entry.texts("products"),
        link=entry.optional("link"),
        sku=entry.optional("sku"),
    )
    if not item.link and not item.sku:
        raise entry.wrong("link", "an item needs a link, a sku, or both")
    if item.link and not item.link.startswith("https://"):
        raise entry.wrong("link", "begins with https://")
    return item


def _rule(entry: _Entry, pieces: Mapping[str, Piece], items: Mapping[str, Item]) -> Rule:
    entry.only("id", "when", "piece", "items", "of_products")
    piece = pieces[_known_piece(entry, "piece", pieces)]
    named = _known_items(entry, items)
    kinds = entry.texts("of_products")
    for kind in kinds:
        if kind not in {item.kind for item in items.values()}:
            raise entry.wrong("of_products", f"no item is a {kind!r}")
    if not named and not kinds:
        raise entry.wrong("items", "a rule sends items, or kinds of items of_products, or both")
    return Rule(
        id=entry.text("id"),
        piece=piece.id,
        channel=piece.channel,
        when=_condition(entry),
        items=named,
        of_products=kinds,
    )


def _condition(entry: _Entry) -> Condition | None:
    text = entry.optional("when")
    if text is None:
        return None
    try:
        return Condition.parse(text, FACTS)
    except ConditionError as error:
        raise entry.wrong("when", str(error)) from error


def _known_piece(entry: _Entry, field: str, pieces: Mapping[str, Piece]) -> str:
    name = entry.text(field)
    if name not in pieces:
        raise entry.wrong(field, f"there is no piece {name!r}")
    return name


def _known_items(entry: _Entry, items: Mapping[str, Item]) -> tuple[str, ...]:
    for name in entry.texts("items"):
        if name not in items:
            raise entry.wrong("items", f"there is no item {name!r}")
    return entry.texts("items")


def _read(file: Path) -> _Entry:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CompanyError(f"{file}: is missing") from error
    except yaml.YAMLError as error:
        raise CompanyError(f"{file}: {error}") from error
    if not isinstance(document, dict):
        raise CompanyError(f"{file}: names and values are required")
    return _Entry(str(file), document)


def _part(entry: _Entry, field: str) -> _Entry:
    value = entry.values.get(field)
    if not isinstance(value, dict):
        raise entry.wrong(field, "names and values are required")
    return _Entry(f"{entry.where}: {field}", value)


def _entries(entry: _Entry, field: str) -> Sequence[_Entry]:
    values = entry.values.get(field, [])
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        raise entry.wrong(field, "a list of entries is required")
    return [_Entry(f"{entry.where}: {field}[{value.get('id', number)}]", value) for number, value in enumerate(values)]


def _by_id(entry: _Entry, field: str, build: Any) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for one in _entries(entry, field):
        made = build(one)
        if made.id in built:
            raise one.wrong("id", "is there twice")
        built[made.id] = made
    return built


def _version(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
