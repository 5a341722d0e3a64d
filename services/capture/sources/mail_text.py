"""What a person wrote in a mail: without quotes of earlier mails, signatures and disclaimers; and the fields of form
mails."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

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
    r"^\W*(?:phone|tel|telephone|telefon|mobile|cell|direct|office|m|t|p|c)\b[.:\s]{1,3}\s*"
    r"(\+?[\d(][\d ().\-/]{6,24}\d)",
    re.MULTILINE | re.IGNORECASE,
)
_FIELD = re.compile(r"^[\s*•>-]{0,6}([^\W\d_][^:\t\n]{0,59}?)\s*\**\s*(?::|\t)\s*\**\s*(.*)$")
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
        field = _FIELD.match(rows[0])
        if not field:
            break
        headers[field[1].strip().lower()] = field[2].strip()
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
        field = _FIELD.match(row)
        if field and not _LINK.search(field[1]) and not _sentence(field[1], is_known):
            found.append((field[1].strip(), field[2].strip()))
        elif found and row.strip() and not _SIGNATURE.match(row):
            name, value = found[-1]
            found[-1] = (name, f"{value}\n{row.strip()}".strip())
        elif found and _SIGNATURE.match(row):
            break
        elif row.strip():
            loose += 1
    known = sum(is_known(name) for name, _ in found)
    return found if len(found) >= 3 and known >= 2 and loose <= len(found) else []


def _sentence(name: str, is_known: Callable[[str], bool]) -> bool:
    """Whether what stands before the colon is prose: "I have two questions"."""
    return not is_known(name) and len(name.split()) > 8


def of_html(html: str) -> str:
    """The text of an HTML page: a line for each block and row of a table, a tabulator between its cells."""
    reader = _Text()
    try:
        reader.feed(html[:LONGEST])
        reader.close()
    except (AssertionError, ValueError, RecursionError):
        # What was read until then is better than nothing.
        pass
    rows = (re.sub(r"[ \u00a0]+", " ", row).strip(" ") for row in "".join(reader.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()


def _unwrapped(text: str) -> str:
    """The text with plain line ends, and "On … wrote:" on one line where a mail program broke it."""
    text = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return re.sub(
        r"^((?:On|Am|Le) [^\n]{5,200})\n([^\n]{0,120}(?:wrote|schrieb|écrit)[^\n]{0,80}:)", r"\1 \2", text, flags=re.M
    )


class _Text(HTMLParser):
    """Collects text; blocks end lines, cells are parted by tabulators, scripts and quoted mails are left out."""

    _BLOCKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "hr", "ul", "ol", "dt", "dd"}
    _SILENT = {"script", "style", "head", "title", "blockquote"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silent += 1
        elif tag == "tr":
            self._cells = 0
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append("\t" if self._cells else "")
            self._cells += 1
        elif tag in self._BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in self._BLOCKS and tag != "br":
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(re.sub(r"\s+", " ", data))
