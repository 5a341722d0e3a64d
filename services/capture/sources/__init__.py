"""One file per outside shape: a sender's bytes to our `Submission`s, or `Unreadable` with a reason."""

from collections.abc import Callable, Sequence

from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import adf, csv_list, form, google_ads, json
from shared.contracts.intake import Intake

Reader = Callable[[bytes, Intake, Source], Sequence[Submission]]

#: How to read a body, by the dialect that the intake or the source names.
READERS: dict[str, Reader] = {
    "json": json.read,
    "form": form.read,
    "adf": adf.read,
    "google_ads": google_ads.read,
    "csv": csv_list.read,
}


def read(body: bytes, intake: Intake, source: Source) -> Sequence[Submission]:
    """The inquiries in `body`. Raises Unreadable with a reason and a sentence; whatever the bytes, nothing else."""
    reader = READERS.get(_dialect(intake, source))
    if reader is None:
        raise Unreadable("unknown_dialect", f"no reader for {intake.dialect!r}")
    return reader(body, intake, source)


def _dialect(intake: Intake, source: Source) -> str:
    dialect = intake.dialect if intake.dialect in READERS else source.dialect
    # Plug-ins send forms as JSON and the other way round, to whatever address they were given.
    content_type = intake.content_type.lower()
    if dialect == "form" and "json" in content_type:
        return "json"
    if dialect == "json" and ("x-www-form-urlencoded" in content_type or "multipart/form-data" in content_type):
        return "form"
    return dialect
