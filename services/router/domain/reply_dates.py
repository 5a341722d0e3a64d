"""Days and times as people write them in a reply. What could be meant in two ways is nobody's to choose: None."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta, tzinfo

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january januar", "feb february februar", "mar march märz maerz mrz", "apr april", "may mai",
         "jun june juni", "jul july juli", "aug august", "sep sept september", "oct october okt oktober",
         "nov november", "dec december dez dezember"), 1)
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("mon monday montag", "tue tues tuesday dienstag", "wed wednesday mittwoch",
         "thu thur thurs thursday donnerstag",
         "fri friday freitag", "sat saturday samstag", "sun sunday sonntag"))
    for name in names.split()
}  # fmt: skip
_SPANS = {
    "day": 1, "days": 1, "tag": 1, "tagen": 1, "week": 7, "weeks": 7, "woche": 7, "wochen": 7,
}  # fmt: skip
_MONTH_SPANS = {"month", "months", "monat", "monaten"}
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "einer": 1, "einem": 1, "zwei": 2,
            "drei": 3}  # fmt: skip
_TIME = re.compile(
    r"(?:\b(?:at|um|@)\s*)?\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm|a\.m\.|p\.m\.|uhr|h)\b"
    r"|(?:\b(?:at|um|@)\s*)?\b(?P<hour24>\d{1,2}):(?P<minute24>\d{2})\b"
    r"|\b(?P<noon>noon|mittags)\b",
    re.IGNORECASE,
)
_FILLERS = {"the", "of", "on", "in", "at", "for", "next", "this", "coming", "den", "dem", "der", "am", "im", "nächsten",
            "nächster", "nächste", "early", "begin", "beginning", "start", "anfang", "um",
            "please", "bitte"}  # fmt: skip


def moment(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Day and time of day: "Tuesday 3pm", "March 10 at 15:00", "2027-03-01 9:30". A day alone has no time."""
    text = text.strip()
    try:
        at = datetime.fromisoformat(text.upper().replace(" ", "T", 1))
        return at if at.tzinfo else at.replace(tzinfo=zone)
    except ValueError:
        pass
    found = list(_TIME.finditer(text))
    if len(found) != 1:
        return None
    clock = _time(found[0])
    rest = f"{text[: found[0].start()]} {text[found[0].end() :]}"
    day = day_of(rest, now.astimezone(zone).date())
    return datetime.combine(day, clock, zone) if day and clock is not None else None


def day_of(text: str, today: date) -> date | None:
    """A day after today, or today: "March", "in two weeks", "next Tuesday", "10 March 2027", "2027-03-01", "Q2"."""
    words = [word for word in re.split(r"[\s,]+", text.strip().strip(".!").casefold()) if word]
    plain = [word.rstrip(".") for word in words if word.rstrip(".") not in _FILLERS]
    if not plain:
        return None
    joined = " ".join(plain)
    if joined in ("today", "heute"):
        return today
    if joined in ("tomorrow", "morgen"):
        return today + timedelta(days=1)
    return (
        _iso(joined) or _weekday(plain, today) or _span(plain, today) or _quarter(joined, today) or _month(plain, today)
        or _in_digits(joined, today)
    )  # fmt: skip


def _time(found: re.Match[str]) -> time | None:
    if found["noon"]:
        return time(12)
    hour, minute = int(found["hour"] or found["hour24"]), int(found["minute"] or found["minute24"] or 0)
    half = (found["half"] or "").replace(".", "").lower()
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _weekday(words: list[str], today: date) -> date | None:
    if len(words) != 1 or words[0] not in _WEEKDAYS:
        return None
    ahead = (_WEEKDAYS[words[0]] - today.weekday()) % 7
    return today + timedelta(days=ahead or 7)


def _span(words: list[str], today: date) -> date | None:
    """ "2 weeks", "a month", "week" (next week)."""
    if len(words) == 1 and words[0] in ("week", "woche"):
        return today + timedelta(days=7 - today.weekday())
    if len(words) == 1 and words[0] in _MONTH_SPANS:
        return _months_ahead(today.replace(day=1), 1)
    if len(words) != 2:
        return None
    number = int(words[0]) if words[0].isdecimal() and len(words[0]) < 4 else _NUMBERS.get(words[0])
    if number is None:
        return None
    if words[1] in _SPANS:
        return today + timedelta(days=number * _SPANS[words[1]])
    return _months_ahead(today, number) if words[1] in _MONTH_SPANS else None


def _quarter(text: str, today: date) -> date | None:
    """ "Q2", "Q2 2027", "spring", "next year"."""
    seasons = {"spring": 3, "frühjahr": 3, "frühling": 3, "summer": 6, "sommer": 6, "fall": 9, "autumn": 9, "herbst": 9}
    if text in ("year", "jahr"):
        return date(today.year + 1, 1, 1)
    if text in seasons:
        return _first_of(seasons[text], None, today)
    found = re.fullmatch(r"q([1-4])(?:[ /](20\d\d))?", text)
    return _first_of(3 * int(found[1]) - 2, found[2], today) if found else None


def _month(words: list[str], today: date) -> date | None:
    """ "March", "March 2027", "10 March", "March 10th 2027"."""
    months = [word for word in words if word in _MONTHS]
    others = [re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", word) for word in words if word not in _MONTHS]
    years = [word for word in others if re.fullmatch(r"20\d\d", word)]
    days = [word for word in others if re.fullmatch(r"\d{1,2}", word)]
    if len(months) != 1 or len(years) > 1 or len(days) > 1 or len(others) != len(years) + len(days):
        return None
    year = years[0] if years else None
    month = _MONTHS[months[0]]
    if not days:
        return _first_of(month, year, today)
    return _next(int(days[0]), month, year, today)


def _in_digits(text: str, today: date) -> date | None:
    """ "3/25", "25.3.2027": only where one number can be the day alone, or where dots say which is which."""
    found = re.fullmatch(r"(\d{1,2})([/.])(\d{1,2})(?:[/.](20\d\d)?)?", text)
    if found is None:
        return None
    first, second = int(found[1]), int(found[3])
    if found[2] == ".":
        return _next(first, second, found[4], today)
    if (first > 12) == (second > 12) and first != second:
        return None
    day, month = (first, second) if first > 12 else (second, first)
    return _next(day, month, found[4], today)


def _first_of(month: int, year: str | None, today: date) -> date:
    if year is not None:
        return date(int(year), month, 1)
    return date(today.year + (month <= today.month), month, 1)


def _next(day: int, month: int, year: str | None, today: date) -> date | None:
    try:
        if year is not None:
            return date(int(year), month, day)
        this_year = date(today.year, month, day)
        return this_year if this_year >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _months_ahead(day: date, number: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
