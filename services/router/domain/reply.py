"""What an owner means by a plain reply: one thing for certain, or nothing at all.

Each line is held against the phrases below, whole. What is negated, asked, hoped for or said in two ways is not guessed
at: the owner is asked again.
"""

import re
from collections.abc import Iterable

from services.router.domain.answer import Terms
from services.router.domain.reply_amounts import Ambiguous
from services.router.domain.reply_phrases import DOUBT, PHRASES, TELLING, Meant, Unread
from services.router.domain.status import CORRECTIONS

__all__ = ["Meant", "Unread", "understand"]


def understand(text: str, terms: Terms) -> Meant | Unread:
    """What a reply means. `text` is what its sender wrote now, without quotes and signature."""
    said: list[tuple[str, Meant]] = []
    loose: list[str] = []
    for line in _lines(text):
        if _NOISE.fullmatch(line) and not TELLING.search(line) and not DOUBT.search(line):
            continue
        if _CLOSING.fullmatch(line) and (said or loose):
            break
        try:
            meant = _read(line, terms)
        except Ambiguous as error:
            return Unread(str(error), line)
        if isinstance(meant, Unread):
            return meant
        if meant is not None:
            said.append((line, meant))
        else:
            loose.append(line)
    if not said:
        return Unread("I could not find in it what happened.", loose[0] if loose else None)
    for line in loose:
        if TELLING.search(line) or DOUBT.search(line):
            return Unread("One part of it says more than I can be sure of.", line)
    return _one_of(said)


def _one_of(said: list[tuple[str, Meant]]) -> Meant | Unread:
    """The one thing that was said; who accepts a lead and says how it stands has said how it stands."""
    telling = [meant for _, meant in said if meant.action != "accept"] or [said[0][1]]
    if any(meant != telling[0] for meant in telling[1:]):
        return Unread("It says two things at once.", said[-1][0])
    return telling[0]


# --- lines -----------------------------------------------------------------------------------------------------------

_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|day|evening)|hallo|guten (?:tag|morgen)|moin)\b[^,.!?\d]{0,40}"
    r"(?:[,.!]+\s*|$)",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"(?:many )?(?:thanks|thank you|thx|cheers|danke|vielen dank)\b[\w ,'!-]{0,40}[.!]*|fyi[.:,]?",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:best|kind|warm)?\s*(?:regards|wishes)|best|cheers|sincerely|mit freundlichen grüßen|viele grüße|gruß|lg|mfg"
    r"|sent from .*)[,.!]*",
    re.IGNORECASE,
)
#: What people put before the word that counts.
_OPENING = re.compile(
    r"^(?:(?:ok|okay|yes|yep|yeah|great news|good news|great|update|status|result|this one|this lead|this|the lead|lead"
    r"|it|we|i|they|he|she|ann?|just|now|finally|already|today|yesterday|was|is|were|are|have|has|had|been|got|['’]ve|['’]s"
    r"|wir haben|ich habe|wir|ich|haben|habe|ist|hat|wurde|heute|gestern)(?=\W)[\s:,;!.–-]*)+",
    re.IGNORECASE,
)


def _lines(text: str) -> Iterable[str]:
    """Lines and, in them, sentences."""
    for row in text.splitlines():
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ])", row.strip()):
            line = _GREETING.sub("", " ".join(sentence.split()).strip(" *_•-"))
            if line:
                yield line


def _read(line: str, terms: Terms) -> Meant | Unread | None:
    corrected = _CORRECTION.match(line)
    if corrected:
        return _correction(line, corrected["rest"], terms)
    bare = _OPENING.sub("", line) or line
    for text in dict.fromkeys((line, bare)):
        for phrase, meaning in PHRASES:
            found = phrase.fullmatch(text.rstrip(" .!"))
            if found:
                return meaning(found, line, terms)
    return None


_CORRECTION = re.compile(r"(?:correction|i meant|korrektur|should (?:read|be))\s*[:,;-]?\s*(?P<rest>.+)", re.IGNORECASE)


def _correction(line: str, rest: str, terms: Terms) -> Meant | Unread:
    meant = _read(rest, terms)
    if isinstance(meant, Meant) and meant.action in CORRECTIONS:
        return Meant("correct", {**meant.fields, "to": meant.action})
    return meant if isinstance(meant, Unread) else Unread("What should it be?", line)
