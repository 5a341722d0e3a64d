"""One file per outside shape: a sender's bytes to our `Submission`s, or `Unreadable` with a reason."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import (
    adf,
    contact_form_7,
    csv_list,
    email,
    form,
    google_ads,
    gravity_forms,
    hubspot,
    hubspot_legacy,
    json,
    keyed,
    linkedin,
    meta,
    salesforce,
    typeform,
    vendor,
)
from shared.contracts.intake import Intake

Reader = Callable[[bytes, Intake, Source], Sequence[Submission]]

#: How to read a body, by the dialect that the intake or the source names.
READERS: dict[str, Reader] = {
    "json": json.read,
    "form": form.read,
    "adf": adf.read,
    "google_ads": google_ads.read,
    "csv": csv_list.read,
    "salesforce": salesforce.read,
    "hubspot": hubspot.read,
    "hubspot_legacy": hubspot_legacy.read,
    "meta": meta.read,
    "linkedin": linkedin.read,
    "typeform": typeform.read,
    "gravity_forms": gravity_forms.read,
    "contact_form_7": contact_form_7.read,
    "vendor": vendor.read,
    "email": email.read,
    "keyed": keyed.read,
}

#: What a source may be: also the steps of visitors, which are no inquiries and have no reader here.
DIALECTS = (*READERS, "activity")

#: Platforms whose notices only name a lead, and how the answer that was fetched is read.
_ANSWERS: dict[str, Callable[[bytes, Source], Submission]] = {"meta": meta.answer, "linkedin": linkedin.answer}


def read(body: bytes, intake: Intake, source: Source) -> Sequence[Submission]:
    """The inquiries in `body`. Raises Unreadable with a reason and a sentence; whatever the bytes, nothing else."""
    reader = READERS.get(_dialect(intake, source))
    if reader is None:
        raise Unreadable("unknown_dialect", f"no reader for {intake.dialect!r}")
    return reader(body, intake, source)


def answer(document: bytes, intake: Intake, source: Source, notice: Submission) -> Submission:
    """The inquiry in what the platform told of the lead that `notice` named. Raises Unreadable."""
    reader = _ANSWERS.get(_dialect(intake, source))
    if reader is None:
        raise Unreadable("unknown_dialect", f"nothing is fetched for {intake.dialect!r}")
    said = reader(document, source)
    return replace(
        said,
        row=notice.row,
        attribution={**notice.attribution, **said.attribution},
        provider_key=notice.provider_key or said.provider_key,
        test=notice.test or said.test,
    )


def _dialect(intake: Intake, source: Source) -> str:
    dialect = intake.dialect if intake.dialect in READERS else source.dialect
    # Plug-ins send forms as JSON and the other way round, to whatever address they were given.
    content_type = intake.content_type.lower()
    if dialect == "form" and "json" in content_type:
        return "json"
    if dialect == "json" and ("x-www-form-urlencoded" in content_type or "multipart/form-data" in content_type):
        return "form"
    return dialect
