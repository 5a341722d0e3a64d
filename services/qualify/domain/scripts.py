"""What a screener says and asks, step by step, and the few questions of a reply form."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.qualify.domain.answers import Answer


@dataclass(frozen=True)
class Question:
    """A key question, and the answer that it fills."""

    ask: str
    answer: str
    hint: str | None = None


@dataclass(frozen=True)
class Objection:
    """What prospects say against it, and what to reply."""

    says: str
    reply: str


@dataclass(frozen=True)
class Step:
    """A part of a conversation."""

    step: str
    say: str | None
    questions: tuple[Question, ...]
    objections: tuple[Objection, ...]


@dataclass(frozen=True)
class AskedByForm:
    """A question of the reply form, in every language that the company writes in."""

    answer: str
    ask: Mapping[str, str]
    #: Wordings of the choices, by value and language.
    choices: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class ReplyForm:
    """The page behind the link of a piece: its words by language, and what it may ask, most wanted first."""

    title: Mapping[str, str]
    intro: Mapping[str, str]
    button: Mapping[str, str]
    thanks: Mapping[str, str]
    message: Mapping[str, str]
    at_most: int
    questions: tuple[AskedByForm, ...]


@dataclass(frozen=True)
class Scripts:
    """All scripts by name; those of the queues have the queue's name."""

    scripts: Mapping[str, tuple[Step, ...]]
    reply_form: ReplyForm

    def script(self, name: str | None, queue: str) -> tuple[Step, ...]:
        """The script of that name, or the queue's; none where the company wrote none."""
        return self.scripts.get(name or queue) or self.scripts.get(queue, ())


def to_ask(form: ReplyForm, known: Collection[str], unmet: Sequence[str]) -> list[AskedByForm]:
    """The few questions worth asking: first what is missing for being sales-ready, then what else is not known.

    `unmet` are the answers that the agreed definition still wants, in its order.
    """
    missing = [each for each in form.questions if each.answer not in known]
    wanted = sorted(missing, key=lambda each: unmet.index(each.answer) if each.answer in unmet else len(unmet))
    return wanted[: form.at_most]


def choices_of(answer: Answer) -> list[str]:
    """The company's own words for what can be answered; none where anything can."""
    return list(dict.fromkeys(answer.choices.values()))


def in_language(words: Mapping[str, str], language: str | None) -> str:
    """The words in a language, or in English, or in the first there is."""
    spoken = (language or "en")[:2].lower()
    return words.get(spoken) or words.get("en") or next(iter(words.values()))
