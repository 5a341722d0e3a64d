"""What a person wrote in a mail: without quotes of earlier mails, signatures and disclaimers; and the fields of form
mails."""

import re
from collections.abc import Callable, Iterator

from shared.mail import tags

#: Characters of a mail that are looked at; the raw inquiry keeps all.
LONGEST = 200_000

_QUOTED = re.compile(
    r"^(?:On\s.{5,300}\swrote|Am\s.{5,300}\sschrieb.{0,200}|Le\s.{5,300}\sa\sécrit\s?|El\s.{5,300}\sescribió)\s*:\s*$"
    r"|^-{2,}\s*(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Mensaje original)\s*-*\s*$"
    r"|^(?:From|Von|De):\s.{1,300}\n(?:(?:Sent|Date|Gesendet|Datum|Envoyé|To|An|À|Cc|Subject|Betreff|Objet):\s.{0,500}\n){2,}"
    r"|^_{20,}\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^-{3,}\s*(?:Forwarded message|Weitergeleitete Nachricht)\s*-*\s*$|^Begin forwarded message:\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^-- ?$|^(?:Sent from my |Sent via |Get Outlook for |Von meinem |Envoyé de mon )"
    r"|^(?:CONFIDENTIALITY|This (?:e-?mail|message) (?:and any|is intended|may contain|contains confidential)"
    r"|Diese E-Mail enthält|DISCLAIMER)",
    re.MULTILINE | re.IGNORECASE,
)
_PHONE_LINE = re.compile(
    r"^[^\w\n]{0,6}(?:phone|tel|telephone|telefon|mobile|cell|direct|office|m|t|p|c)\b[.: \t]{1,9}"
    r"(\+?[\d(][\d ().\-/]{6,24}\d)",
    re.MULTILINE | re.IGNORECASE,
)
_LINK = re.compile(r"https?$", re.IGNORECASE)

Pairs = list[tuple[str, str]]


def written(text: str) -> tuple[str, str]:
    """What the sender wrote now, and the signature below it."""
    text = _unwrapped(text)
    quoted = _QUOTED.search(text)
    own = text[: quoted.start()] if quoted else text
    own = "\n".join(row for row in own.split("\n") if not row.lstrip().startswith(">"))
    ended = _SIGNATURE.search(own)
    above, below = (own[: ended.start()], own[ended.start() :]) if ended else (own, "")
    # Nothing left: somebody answered below the quote, or a mail of a signature alone. Then all of it counts.
    return (above.strip() or own.strip() or text.strip()), below.strip()


def forwarded(text: str) -> tuple[str, dict[str, str], str] | None:
    """The forwarder's words, the headers of the mail that was passed on (lower case), and its text."""
    found = _FORWARDED.search(text)
    if not found:
        return None
    headers: dict[str, str] = {}
    rows = text[found.end() :].strip().split("\n")
    while rows:
        field = _field(rows[0])
        if not field:
            break
        headers[field[0].lower()] = field[1]
        rows.pop(0)
    return text[: found.start()].strip(), headers, "\n".join(rows).strip()


def phone_in(signature: str) -> str | None:
    """A telephone number that its line calls one."""
    found = _PHONE_LINE.search(signature)
    return found[1] if found else None


def fields(text: str, is_known: Callable[[str], bool]) -> Pairs:
    """The `Name: value` lines of a form mail; none at all for a letter that happens to hold a colon.

    Lines that follow a field without a name of their own belong to it: a message has several.
    """
    found: Pairs = []
    loose = 0
    for row in text.split("\n"):
        field = _field(row)
        if field and not _LINK.search(field[0]) and not _sentence(field[0], is_known):
            found.append(field)
        elif found and row.strip() and not _SIGNATURE.match(row):
            name, value = found[-1]
            found[-1] = (name, f"{value}\n{row.strip()}".strip())
        elif found and _SIGNATURE.match(row):
            break
        elif row.strip():
            loose += 1
    known = sum(is_known(name) for name, _ in found)
    return found if len(found) >= 3 and known >= 2 and loose <= len(found) else []


def _field(row: str) -> tuple[str, str] | None:
    """Name and value of a line `Name: value` or `Name<tab>value`, also in the stars that mail programs make of bold."""
    head = row[:_LONGEST_NAME]
    ends = [at for at in (head.find(":"), head.lstrip().find("\t") + len(head) - len(head.lstrip())) if at > 0]
    name = head[: min(ends)].strip(_MARKS) if ends else ""
    if not name or not name[0].isalpha():
        return None
    return name, row[min(ends) + 1 :].strip(_MARKS)


_LONGEST_NAME = 70
_MARKS = " \t*•>-\u00a0"


def _sentence(name: str, is_known: Callable[[str], bool]) -> bool:
    """Whether what stands before the colon is prose: "I have two questions"."""
    return not is_known(name) and len(name.split()) > 8


def of_html(page: str) -> str:
    """The text of an HTML page: a line for each block and row of a table, a tabulator between its cells."""
    text = "".join(_shown(tags.without_scripts(page[:LONGEST])))
    rows = (_SPACES.sub(" ", row).strip(" ") for row in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(rows)).strip()


_SPACES = re.compile(r"[ \u00a0]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_BLOCKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "hr", "ul", "ol", "dt", "dd"}


def _shown(page: str) -> Iterator[str]:
    """Text with line ends for blocks and tabulators between cells; quoted mails are left out."""
    quotes, cells = 0, 0
    for piece in tags.pieces(page):
        if piece.name == "blockquote":
            quotes = max(0, quotes + (1 if piece.kind == "start" else -1))
        elif quotes:
            continue
        elif piece.kind == "text":
            yield re.sub(r"\s+", " ", piece.text)
        elif piece.name in ("td", "th") and piece.kind == "start":
            yield "\t" if cells else ""
            cells += 1
        elif piece.name in _BLOCKS:
            cells = 0 if piece.name == "tr" else cells
            yield "" if piece.kind == "end" and piece.name == "br" else "\n"


def _unwrapped(text: str) -> str:
    """The text with plain line ends, and "On … wrote:" on one line where a mail program broke it."""
    text = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return re.sub(
        r"^((?:On|Am|Le) [^\n]{5,200})\n([^\n]{0,120}(?:wrote|schrieb|écrit)[^\n]{0,80}:)", r"\1 \2", text, flags=re.M
    )
