"""Reads scripts.yml: what screeners ask, and what the reply form asks."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

from services.qualify.company import load_rules
from services.qualify.domain.answers import Answer
from services.qualify.domain.scripts import AskedByForm, Objection, Question, ReplyForm, Scripts, Step, choices_of
from shared.company_file import CompanyError, Entry, read_file

SCRIPTS_FILE = "scripts.yml"
MOST_QUESTIONS = 5
#: Used where the company says nothing of its own.
USUAL_WORDS = {
    "title": {"en": "One more question"},
    "intro": {"en": "It helps us to send you what fits."},
    "button": {"en": "Send"},
    "thanks": {"en": "Thank you. We will be in touch."},
    "message": {"en": "Anything else?"},
}


@cache
def load_scripts(company: Path) -> Scripts:
    """The company's scripts; none without the file. Raises CompanyError."""
    if not (company / SCRIPTS_FILE).exists():
        return Scripts({}, ReplyForm(**USUAL_WORDS, at_most=0, questions=()))
    rules, file = load_rules(company), read_file(company / SCRIPTS_FILE)
    file.only("scripts", "reply_form")
    return Scripts(_scripts(file, rules.answers), _reply_form(file, rules.answers))


def _scripts(file: Entry, answers: Mapping[str, Answer]) -> dict[str, tuple[Step, ...]]:
    scripts: dict[str, tuple[Step, ...]] = {}
    for entry in file.children("scripts"):
        entry.only("id", "steps")
        name = entry.text("id")
        if name in scripts:
            raise entry.wrong("id", f"{name!r} is there twice")
        scripts[name] = tuple(_step(step, answers) for step in entry.children("steps"))
    return scripts


def _step(entry: Entry, answers: Mapping[str, Answer]) -> Step:
    entry.only("id", "say", "questions", "objections")
    return Step(
        step=entry.text("id"),
        say=entry.optional("say"),
        questions=tuple(_question(each, answers) for each in entry.children("questions")),
        objections=tuple(_objection(each) for each in entry.children("objections")),
    )


def _question(entry: Entry, answers: Mapping[str, Answer]) -> Question:
    entry.only("ask", "answer", "hint")
    return Question(entry.text("ask"), entry.one_of("answer", answers), entry.optional("hint"))


def _objection(entry: Entry) -> Objection:
    entry.only("says", "reply")
    return Objection(entry.text("says"), entry.text("reply"))


def _reply_form(file: Entry, answers: Mapping[str, Answer]) -> ReplyForm:
    if "reply_form" not in file.values:
        return ReplyForm(**USUAL_WORDS, at_most=0, questions=())
    entry = file.child("reply_form")
    entry.only(*USUAL_WORDS, "at_most", "questions")
    at_most = entry.values.get("at_most", 3)
    if isinstance(at_most, bool) or not isinstance(at_most, int) or not 0 <= at_most <= MOST_QUESTIONS:
        raise entry.wrong("at_most", f"{at_most!r} is not 0 to {MOST_QUESTIONS}: longer forms are not filled in")
    return ReplyForm(
        **{name: _by_language(entry, name, usual) for name, usual in USUAL_WORDS.items()},
        at_most=at_most,
        questions=tuple(_asked(each, answers) for each in entry.children("questions")),
    )


def _asked(entry: Entry, answers: Mapping[str, Answer]) -> AskedByForm:
    entry.only("answer", "ask", "choices")
    answer = entry.one_of("answer", answers)
    known = choices_of(answers[answer])
    choices = {}
    if "choices" in entry.values:
        listed = entry.child("choices")
        listed.only(*known)
        choices = {str(value): _by_language(listed, str(value)) for value in listed.values}
    return AskedByForm(answer, _by_language(entry, "ask"), choices or {value: {"en": value} for value in known})


def _by_language(entry: Entry, field: str, usual: Mapping[str, str] | None = None) -> Mapping[str, str]:
    value = entry.values.get(field, usual)
    if isinstance(value, str) and value:
        return {"en": value}
    texts = value.values() if isinstance(value, Mapping) else ()
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise entry.wrong(field, "a text, or texts by language, are required")
    return dict(cast(Mapping[str, str], value))


__all__ = ["CompanyError", "load_scripts"]
