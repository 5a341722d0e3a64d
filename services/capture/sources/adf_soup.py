"""XML that is none: tags that do not match, ends that are missing. Every tag that can be made out is an element."""

from xml.etree.ElementTree import Element, SubElement

from shared.mail import tags

#: Deeper than any prospect; what lies below counts as part of this level.
_DEEPEST = 40
#: More than any prospect has; the rest is left out.
_MOST_PIECES = 100_000


def parsed(text: str) -> Element | None:
    """The elements of `text` below one root; None when no prospect is among them. No entity is ever expanded."""
    root = Element("adf")
    open_ones = [root]
    for number, piece in enumerate(tags.pieces(text)):
        if number >= _MOST_PIECES:
            break
        if piece.kind == "text":
            _add_text(open_ones[-1], piece.text)
        elif piece.kind == "end":
            _end(open_ones, piece.name)
        elif piece.name != "adf":
            _start(open_ones, piece)
    return root if root.find(".//prospect") is not None else None


def _start(open_ones: list[Element], piece: tags.Piece) -> None:
    if len(open_ones) > 1 and open_ones[-1].tag == piece.name:
        # Nothing of ADF holds its like: the end of the one before was forgotten.
        open_ones.pop()
    element = SubElement(open_ones[-1], piece.name, piece.attributes)
    if not piece.closed and len(open_ones) < _DEEPEST:
        open_ones.append(element)


def _end(open_ones: list[Element], name: str) -> None:
    for depth in range(len(open_ones) - 1, 0, -1):
        if open_ones[depth].tag == name:
            del open_ones[depth:]
            return


def _add_text(within: Element, text: str) -> None:
    if len(within):
        within[-1].tail = (within[-1].tail or "") + text
    else:
        within.text = (within.text or "") + text
