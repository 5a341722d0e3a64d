"""Reads feedback.yml: the reasons that owners choose from, and what they may return."""

from pathlib import Path

from services.router.company_clocks import read_duration
from services.router.domain.feedback import Feedback, ReturnReason
from shared.company_file import Entry, read_file

FILE = "feedback.yml"
LISTS = ("decline", "lost", "blocked")


def read_feedback(company: Path) -> Feedback:
    """What the company wants to hear; a company without the file takes any reason. Raises CompanyError."""
    if not (company / FILE).exists():
        return Feedback()
    file = read_file(company / FILE)
    file.only("reasons", "returns")
    reasons = file.child("reasons") if "reasons" in file.values else Entry(file.name, {})
    reasons.only(*LISTS)
    decline, lost, blocked = (tuple(_reasons(reasons, name)) for name in LISTS)
    if "returns" not in file.values:
        return Feedback(decline, lost, blocked)
    returns = file.child("returns")
    returns.only("within", "reasons")
    return Feedback(
        decline,
        lost,
        blocked,
        return_within=read_duration(returns, "within"),
        returns=tuple(_return_reason(entry) for entry in returns.children("reasons")),
    )


def _reasons(entry: Entry, field: str) -> list[str]:
    """A list of reasons, none twice."""
    found = entry.texts(field)
    if len({text.casefold() for text in found}) != len(found):
        raise entry.wrong(field, "one of them is there twice")
    return found


def _return_reason(entry: Entry) -> ReturnReason:
    entry.only("reason", "accepted_by", "goes_to")
    accepted_by = entry.one_of("accepted_by", ("rule", "manager")) if "accepted_by" in entry.values else "manager"
    goes_to = entry.one_of("goes_to", ("next", "marketing")) if "goes_to" in entry.values else "marketing"
    return ReturnReason(entry.text("reason"), accepted_by, goes_to)  # type: ignore[arg-type]
