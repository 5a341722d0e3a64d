"""What is wrong with the company's files of sources and doors: each by itself, and one beside the other."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gateway import entrypoints, sites
from gateway.entrypoints import Entrypoints
from services.capture import company as register
from services.capture.domain.register import Company
from services.capture.platforms import account
from shared.company_file import CompanyError

#: Doors whose bodies are read as a dialect of their own; a source beside it must be of that dialect, or its fields
#: would be looked for under other names.
_OWN_SHAPE = frozenset({"google_ads", "meta", "linkedin", "typeform", "gravity_forms", "salesforce", "hubspot"})


def problems(folder: Path) -> list[str]:
    """Sentences that name file, entry and field; none when all is well."""
    found: list[str] = []
    company = _loaded(found, lambda: register.load(folder))
    if company is not None:
        _loaded(found, lambda: account.load(folder, company))
    doors = _loaded(found, lambda: entrypoints.load(folder))
    footsteps = _loaded(found, lambda: sites.load(folder))
    if company is not None and doors is not None:
        found += _unknown(company, doors, {*footsteps.sites} if footsteps else set())
    return found


def _loaded(found: list[str], load: Callable[[], Any]) -> Any:
    try:
        return load()
    except (CompanyError, entrypoints.CompanyError) as error:
        found.append(str(error))
        return None


def _unknown(company: Company, doors: Entrypoints, tracked: set[str]) -> Iterator[str]:
    """Doors that lead to a source which nobody registered: what comes there would be set aside as `unknown_source`."""
    for entry, source, dialect in _leading(doors):
        place = f"entrypoints.yml: {entry}"
        if source not in company.sources and source not in tracked:
            yield f"{place}: source {source!r} is not in sources.yml"
        elif dialect in _OWN_SHAPE and source in company.sources and company.sources[source].dialect != dialect:
            yield f"{place}: reads {dialect}, and sources.yml says of {source!r} {company.sources[source].dialect}"


def _leading(doors: Entrypoints) -> Iterator[tuple[str, str, str | None]]:
    """Every door of the file: its entry, the source that it leads to, and its dialect where it has one."""
    for name, form in doors.forms.items():
        yield f"forms.{name}", form.source, form.dialect
    for name, hook in doors.hooks.items():
        yield f"hooks.{name}", hook.source, hook.dialect
    for kind in entrypoints.FOREIGN_FORMS:
        for name, form in getattr(doors, kind).items():
            yield f"{kind}.{name}", form.source, None
    for source in doors.keyed:
        yield f"keyed.{source}", source, None
    for address, source in doors.mail.addresses.items():
        yield f"mail.addresses.{address}", source, None
    for name, box in doors.mail.mailboxes.items():
        yield f"mail.mailboxes.{name}", box.source, None
    for source in doors.prices:
        yield f"prices.{source}", source, None
    if doors.published is not None:
        yield "published.address", doors.published.lines_source, None
        yield "published.phone", doors.published.phone_source, None
    for source in (doors.referral_form, doors.referral_entry):
        yield "referrals", source, None
