"""What pages and calls of the company's own people share: who asks, what they sent, how a page is answered."""

from typing import Any

from flask import Response, g, render_template, request

LONGEST_NAME = 80


def asker(name: Any) -> str:
    """Who asks: the key, and the name given with it, which nobody has proved."""
    said = name.strip()[:LONGEST_NAME] if isinstance(name, str) else ""
    return f"{said} ({g.key.name})" if said else str(g.key.name)


def visitor() -> str:
    """Who looks at a page: the name that was given with the key in the browser's own box, and the key."""
    return asker(request.authorization.username if request.authorization else None)


def text_of(field: str) -> str:
    """A field of the form as it was meant: one kind of line ends, and nothing that no text holds."""
    given = request.form.get(field, "").encode("utf-8", "replace").decode().replace("\x00", "")
    return given.replace("\r\n", "\n").strip()


def private_page(template: str, **values: Any) -> Response:
    """A page that no search engine keeps."""
    answer = Response(render_template(template, **values))
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
