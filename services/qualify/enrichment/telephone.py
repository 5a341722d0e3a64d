"""What a telephone number tells by its digits: mobile or not, which country, which time zone."""

import phonenumbers
from phonenumbers import PhoneNumberType, timezone

from services.qualify.domain.enrichment import Found, Subject

_KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
    # In North America nobody can tell by the digits.
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "landline_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "company",
    PhoneNumberType.VOICEMAIL: "voicemail",
}


class Telephone:
    """phone_kind, phone_region (the country) and, where all of that area share one, time_zone."""

    def look(self, subject: Subject) -> list[Found]:
        """What the number tells."""
        if not subject.phone:
            return []
        try:
            number = phonenumbers.parse(subject.phone, None)
        except phonenumbers.NumberParseException:
            return []
        found = []
        if kind := _KINDS.get(phonenumbers.number_type(number)):
            found.append(Found("phone_kind", kind, 0.9))
        if region := phonenumbers.region_code_for_number(number):
            found.append(Found("phone_region", region, 0.95))
        zones = timezone.time_zones_for_number(number)
        if len(zones) == 1 and zones[0] != timezone.UNKNOWN_TIMEZONE:
            # People take their mobile numbers along when they move.
            found.append(Found("time_zone", zones[0], 0.6))
        return found
