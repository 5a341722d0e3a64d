"""The company's templates: sandboxed, checked when they are loaded, given plain values only."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import css_inline
from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from services.fulfillment.company import Library, Sender
from services.fulfillment.domain import wording
from services.fulfillment.domain.literature import Item
from services.fulfillment.domain.pieces import Piece
from services.fulfillment.usecases.sending import Dispatch
from shared.company_file import CompanyError
from shared.contracts.people import Address, Owner, Person

#: What a sentence calls each kind of owner.
_ROLES = {
    "en": {"dealer": "Your dealer", "distributor": "Your distributor", "rep": "Your contact",
           "call_centre": "Your contact", "marketing": "Your contact"},
    "de": {"dealer": "Ihr Händler", "distributor": "Ihr Vertriebspartner", "rep": "Ihr Ansprechpartner",
           "call_centre": "Ihr Ansprechpartner", "marketing": "Ihr Ansprechpartner"},
}  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """The person, in the words of a message."""

    name: str
    #: For an email.
    greeting: str
    #: For a letter.
    salutation: str
    company: str
    address: tuple[str, ...]


@dataclass(frozen=True)
class Responsible:
    """Who follows up, in the words of a message."""

    name: str
    role: str
    email: str
    phone: str
    website: str


@dataclass(frozen=True)
class Rendered:
    """A piece in words."""

    subject: str
    html: str
    language: str
    #: Of an email; empty for paper.
    text: str = ""
    #: Of a letter: letter or a4; empty for email.
    paper: str = ""


class Templates:
    """Renders pieces. Raises CompanyError on construction for a template that cannot work."""

    def __init__(self, folder: Path, library: Library) -> None:
        self._library = library
        self._folder = folder
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(".html"),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._inliner = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)
        self._subjects: dict[tuple[str, str], Template] = {}
        for piece in library.pieces.values():
            self._compile_subjects(piece)
            self._check(piece)

    def email(
        self,
        dispatch: Dispatch,
        *,
        unsubscribe_url: str = "",
        confirm_url: str = "",
        purchase_url: str = "",
        response_url: str = "",
        download: Callable[[str], str] = "/d/{}".format,
    ) -> Rendered:
        """Subject, HTML with its styles inlined, and plain text.

        `download` gives the address of a download by name, `response_url` is that of the piece's own reply form.
        """
        language, words = self._language(dispatch), self._words(dispatch)
        words |= {"download": download, "confirm_url": confirm_url, "response_url": response_url}
        words["purchase_url"] = purchase_url
        words["unsubscribe_url"] = unsubscribe_url if dispatch.piece.unsubscribe else ""
        return Rendered(
            subject=self._subject(dispatch.piece, language, words),
            html=self._inliner.inline(self._render(dispatch.piece.template, language, "html", words)),
            language=language,
            text=self._render(dispatch.piece.template, language, "txt", words).strip() + "\n",
        )

    def letter(self, dispatch: Dispatch, *, response_url: str, code: str) -> Rendered:
        """A letter as HTML for print. `code` is the response address as an SVG image."""
        language, words = self._language(dispatch), self._words(dispatch)
        country = dispatch.person.address.country if dispatch.person.address else None
        words |= {"response_url": response_url, "code": Markup(code)}
        words["paper"] = "letter" if (country or self._library.sender.country) in ("US", "CA") else "a4"
        return Rendered(
            subject=self._subject(dispatch.piece, language, words),
            html=self._render(dispatch.piece.template, language, "html", words),
            language=language,
            paper=words["paper"],
        )

    def _render(self, template: str, language: str, kind: str, words: Mapping[str, Any]) -> str:
        names = [f"{template}.{language}.{kind}", f"{template}.{kind}"]
        return self._environment.select_template(names).render(words)

    def _subject(self, piece: Piece, language: str, words: Mapping[str, Any]) -> str:
        return wording.one_line(self._subjects[piece.id, language].render(words))

    def _language(self, dispatch: Dispatch) -> str:
        wanted = (dispatch.person.language or "en")[:2].lower()
        return wanted if wanted in dispatch.piece.subject else next(iter(dispatch.piece.subject))

    def _words(self, dispatch: Dispatch) -> dict[str, Any]:
        language, library = self._language(dispatch), self._library
        sender = library.sender
        person = dispatch.person

        def names(products: Iterable[str]) -> tuple[str, ...]:
            return tuple(library.product_name(product, language) for product in products)

        return {
            "language": language,
            "sender": sender,
            "person": Reader(
                name=wording.full_name(person),
                greeting=wording.greeting(person, language),
                salutation=wording.salutation(person, language),
                company=wording.printable_company(person.company),
                address=wording.address_block(person, sender.country, COUNTRIES),
            ),
            "owner": _responsible(dispatch.owner, language),
            "items": dispatch.items,
            "products": names(dispatch.products),
            "products_listed": wording.listed(names(dispatch.products), language),
            "new_products_listed": wording.listed(names(dispatch.new_products), language),
            "requested_on": wording.long_date(dispatch.requested_at.date(), language),
            "today": wording.long_date(dispatch.now.date(), language),
            "unsubscribe_url": "",
            "agreed_text": wording.one_line(dispatch.question.text) if dispatch.question else "",
            "seller": wording.one_line(dispatch.purchase.owner_name) if dispatch.purchase else "",
            "confirm_until": wording.long_date(dispatch.question.expires_at.date(), language)
            if dispatch.question
            else "",
        }

    def _compile_subjects(self, piece: Piece) -> None:
        for language, text in piece.subject.items():
            try:
                self._subjects[piece.id, language] = self._environment.from_string(text)
            except TemplateError as error:
                raise CompanyError(f"pieces.yml: pieces[{piece.id}]: subject: {error}") from error

    # --- checks on load ----------------------------------------------------------------------------------------------

    def _check(self, piece: Piece) -> None:
        kinds = ("html",) if piece.channel == "post" else ("html", "txt")
        for kind in kinds:
            if not (self._folder / f"{piece.template}.{kind}").exists():
                raise CompanyError(f"pieces.yml: pieces[{piece.id}]: template: {piece.template}.{kind} is missing")
            for file in sorted(self._folder.glob(f"{piece.template}.*{kind}")):
                self._check_names(file, piece)
        for dispatch in _samples(piece, self._library):
            try:
                if piece.channel == "post":
                    self.letter(dispatch, response_url="https://example.com/r/x", code="<svg></svg>")
                else:
                    self.email(
                        dispatch,
                        unsubscribe_url="https://example.com/u/x",
                        confirm_url="https://example.com/c",
                        purchase_url="https://example.com/b",
                    )
            except TemplateError as error:
                raise CompanyError(f"pieces.yml: pieces[{piece.id}]: template: {error}") from error

    def _check_names(self, file: Path, piece: Piece) -> None:
        # Rendering a sample does not reach every branch: names are looked up in the whole tree.
        try:
            tree = self._environment.parse(file.read_text(encoding="utf-8"), file.name)
        except TemplateError as error:
            raise CompanyError(f"{file}: {error}") from error
        known = _NAMES | (_LETTER_NAMES if piece.channel == "post" else _EMAIL_NAMES)
        imported = {name for node in tree.find_all(nodes.FromImport) for name in node.names}
        unknown = sorted(meta.find_undeclared_variables(tree) - known - imported)
        for used in tree.find_all(nodes.Getattr):
            if isinstance(used.node, nodes.Name) and used.attr not in _ATTRIBUTES.get(used.node.name, {used.attr}):
                unknown.append(f"{used.node.name}.{used.attr}")
        if unknown:
            raise CompanyError(f"{file}: there is no {', '.join(unknown)}; known are {', '.join(sorted(known))}")


COUNTRIES = {"US": "United States", "CA": "Canada", "DE": "Germany", "GB": "United Kingdom", "AT": "Austria",
              "CH": "Switzerland", "FR": "France", "IE": "Ireland", "MX": "Mexico", "NL": "Netherlands"}  # fmt: skip

_NAMES = {
    "language", "sender", "person", "owner", "items", "products", "products_listed", "new_products_listed",
    "requested_on", "today", "unsubscribe_url", "agreed_text", "confirm_until", "seller",
}  # fmt: skip
_LETTER_NAMES = {"response_url", "code", "paper"}
_EMAIL_NAMES = {"download", "confirm_url", "purchase_url", "response_url"}
_ATTRIBUTES = {
    name: {field.name for field in fields(kind)}
    for name, kind in {"sender": Sender, "person": Reader, "owner": Responsible, "item": Item}.items()
}


def _responsible(owner: Owner | None, language: str) -> Responsible | None:
    if owner is None:
        return None
    return Responsible(
        name=wording.one_line(owner.name),
        role=_ROLES.get(language, _ROLES["en"])[owner.kind],
        email=owner.email or "",
        phone=owner.phone or "",
        website=owner.website or "",
    )


def _samples(piece: Piece, library: Library) -> Iterable[Dispatch]:
    """Dispatches that know everything, and next to nothing, in every language of the piece."""
    nobody = Person(person_id=UUID(int=1))
    address = Address(lines=["1 Main St"], city="Ames", state="IA", postcode="50010", country="US", mailable=True)
    somebody = Person(
        person_id=UUID(int=1), name="Dana Miller", given_name="Dana", email="d@example.com", address=address
    )
    owner = Owner(owner_id="o", kind="dealer", name="Dealer", email="d@example.com", phone="+1515", website="d.example")
    items, products = tuple(library.items.values()), tuple(library.products)
    for language in piece.subject:
        for person, responsible, brings, asked in ((somebody, owner, items, products), (nobody, None, (), ())):
            spoken = Person(**{**vars(person), "language": language})
            yield Dispatch(
                piece_id=UUID(int=2), key="sample", piece=piece, person_id=UUID(int=1), person=spoken,
                owner=responsible, items=brings, products=asked, new_products=asked,
                requested_at=datetime(2026, 1, 31, tzinfo=UTC), now=datetime(2026, 2, 1, tzinfo=UTC),
            )  # fmt: skip
