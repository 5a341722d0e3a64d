"""Reads how people write their industry: the one list of rules.yml, by which qualification reads it too."""

from collections.abc import Mapping
from pathlib import Path

from services.router.domain.account import folded
from shared.company_file import Entry, read_file

RULES_FILE, ANSWER = "rules.yml", "industry"


def read_industries(company: Path) -> Mapping[str, str]:
    """Every wording, folded, and the company's own word for it; none where the company asks for no industry."""
    if not (company / RULES_FILE).exists():
        return {}
    asked = read_file(company / RULES_FILE).values.get("answers")
    answer = asked.get(ANSWER) if isinstance(asked, dict) else None
    choices = answer.get("choices") if isinstance(answer, dict) else None
    if not isinstance(choices, dict):
        return {}
    return {folded(str(wording)): str(own) for own, others in choices.items() for wording in (own, *(others or []))}


def check_industries(entry: Entry, field: str, known: Mapping[str, str]) -> None:
    """Refuses an industry that nobody can name. Raises CompanyError."""
    if known:
        for name in entry.texts(field):
            Entry(entry.name, {field: name}).one_of(field, {*known.values()})
