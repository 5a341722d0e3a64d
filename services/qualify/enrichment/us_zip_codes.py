"""What a US ZIP code tells beside its town, which the front desk knows: county and time zone."""

from functools import lru_cache

from services.qualify.domain.enrichment import Found, Subject

#: Looking one up takes a millisecond and a half; a dealer network sees the same few thousand again and again.
_KEPT = 20_000


class UsZipCodes:
    """county and time_zone of an address."""

    def look(self, subject: Subject) -> list[Found]:
        """What the ZIP code tells."""
        if subject.country not in ("US", None) or not subject.postcode:
            return []
        digits = subject.postcode[:5]
        place = _place(digits) if digits.isascii() and digits.isdigit() and len(digits) == 5 else None
        if place is None:
            return []
        county, zone = place
        found = [Found("time_zone", zone, 0.95, "overlaid")] if zone else []
        if county:
            found.append(Found("county", county, 0.95, "overlaid"))
        return found


@lru_cache(maxsize=_KEPT)
def _place(zip_code: str) -> tuple[str, str] | None:
    # Imported late: its list takes 36 MB, which nobody pays who does not ask.
    import zipcodes

    found = zipcodes.matching(zip_code)  # type: ignore[no-untyped-call]
    return (found[0]["county"], found[0]["timezone"]) if found else None
