"""XML that is none: tags that do not match, ends that are missing. Every tag that can be made out is an element."""

from html.parser import HTMLParser
from xml.etree.ElementTree import Element, SubElement

#: Deeper than any prospect; what lies below counts as part of this level.
_DEEPEST = 40
_MOST_ELEMENTS = 50_000


def parsed(text: str) -> Element | None:
    """The elements of `text` below one root; None when no prospect is among them. No entity is ever expanded."""
    reader = _Soup()
    try:
        reader.feed(text)
        reader.close()
    except (AssertionError, ValueError):
        # The parser gives up on some broken declarations; what came before counts.
        pass
    return reader.root if reader.root.find(".//prospect") is not None else None


class _Soup(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("adf")
        self._open = [self.root]
        self._count = 0
        #: Text since the last tag: a body of nothing but brackets comes in a million pieces.
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._write_text()
        self._count += 1
        if self._count > _MOST_ELEMENTS or tag == "adf":
            return
        given = {name: value or "" for name, value in attrs}
        if tag == self._open[-1].tag and len(self._open) > 1:
            # Nothing of ADF holds its like: the end of the one before was forgotten.
            self._open.pop()
        element = SubElement(self._open[-1], tag.rpartition(":")[2], given)
        if len(self._open) < _DEEPEST:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._write_text()
        name = tag.rpartition(":")[2]
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == name:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def close(self) -> None:
        super().close()
        self._write_text()

    def _write_text(self) -> None:
        data, within = "".join(self._text), self._open[-1]
        self._text.clear()
        if not data:
            return
        if len(within):
            within[-1].tail = (within[-1].tail or "") + data
        else:
            within.text = (within.text or "") + data
