"""The rules that are live, as the database has them: read anew when something was published, parsed once per text."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.qualify.company import RULES_FILE, read_rules
from services.qualify.domain.publications import Publication, Standing, standing
from services.qualify.domain.rulebook import Yardstick
from services.qualify.domain.rules import Rules
from services.qualify.models import RulePublication, RuleSet
from shared.company_file import CompanyError
from shared.database.unit_of_work import Transaction

_INFO = "rule_book"


@dataclass(frozen=True)
class PublishedBook:
    """Every publication so far, and the rules of each. A lead's id and the moment say which of them judge it."""

    publications: tuple[Publication, ...]
    rules_of: Callable[[str], Rules]

    @cached_property
    def standing(self) -> Standing:
        """What is live now."""
        return standing(self.publications)

    def rules_for(self, lead_id: UUID) -> Rules:
        """The rules that judge this lead now."""
        return self._rules(self.standing, lead_id)

    def rules_at(self, lead_id: UUID, moment: datetime) -> Rules:
        """The rules that judged this lead at `moment`; before anything was published, those that came first."""
        return self._rules(standing(self.publications, moment), lead_id)

    def _rules(self, then: Standing, lead_id: UUID) -> Rules:
        version = then.version_of(lead_id)
        if version is None:
            raise LookupError("no rules were ever published")
        return self.rules_of(version)


@dataclass
class RuleBooks:
    """One per process: `measuring` is what use cases ask for the yardstick of their transaction."""

    company: Path
    _parsed: dict[str, Rules] = field(default_factory=dict)
    _newest: tuple[object, ...] | None = None
    _book: PublishedBook | None = None

    def measuring(self, tx: Transaction) -> Yardstick:
        """All that leads are measured by in this transaction; costs one small query, once in it."""
        return Yardstick(self.live(tx.session))

    def live(self, session: Session) -> PublishedBook:
        """The book as it stands when the transaction first asks. Before the first start it holds the folder's rules."""
        book = session.info.get(_INFO)
        if book is None:
            book = session.info[_INFO] = self._present(session)
        return book

    def forget(self, session: Session) -> None:
        """The present transaction changed the book: it is read again when it is asked for next."""
        session.info.pop(_INFO, None)

    def draft(self) -> str:
        """The text in the company's folder. Raises CompanyError where there is none that can be read."""
        file = self.company / RULES_FILE
        try:
            return file.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise CompanyError(f"{file}: cannot be read: {error}") from None

    def rules_of(self, text: str) -> Rules:
        """The rules that a text says. Raises CompanyError."""
        version = version_of(text)
        if version not in self._parsed:
            self._parsed[version] = read_rules(text.encode())
        return self._parsed[version]

    def _present(self, session: Session) -> PublishedBook:
        columns = (RulePublication.number, RulePublication.digest, RulePublication.share, RulePublication.published_at)
        row = session.execute(select(*columns).order_by(RulePublication.number.desc()).limit(1)).first()
        newest = tuple(row) if row else None
        if self._book is None or newest is None or newest != self._newest:
            self._book, self._newest = self._read(session), newest
        return self._book

    def _read(self, session: Session) -> PublishedBook:
        made = publications(session)
        if not made:
            rules = self.rules_of(self.draft())
            first = Publication(0, rules.version, 100, datetime.min.replace(tzinfo=UTC), RULES_FILE, "first")
            return PublishedBook((first,), lambda version: rules)
        texts = texts_of(session, {publication.version for publication in made})
        parsed = {version: self.rules_of(text) for version, text in texts.items()}
        return PublishedBook(made, parsed.__getitem__)


@cache
def books_of(company: Path) -> RuleBooks:
    """The books of this process."""
    return RuleBooks(company)


def digest_of(text: str) -> str:
    """What identifies a text, to the last character."""
    return sha256(text.encode()).hexdigest()


def version_of(text: str) -> str:
    """How a text is called for short."""
    return digest_of(text)[:12]


def publications(session: Session) -> tuple[Publication, ...]:
    """Every publication, oldest first."""
    made = session.scalars(select(RulePublication).order_by(RulePublication.number))
    return tuple(
        Publication(row.number, row.digest[:12], row.share, row.published_at, row.published_by, row.kind)  # type: ignore[arg-type]
        for row in made
    )


def texts_of(session: Session, versions: set[str]) -> dict[str, str]:
    """The texts of rule sets, by version."""
    found = session.execute(select(RuleSet.version, RuleSet.text).where(RuleSet.version.in_(versions)))
    return {row.version: row.text for row in found}
