"""ADF 1.0, as senders really write it."""

import time

import pytest

from services.capture.domain.submission import Submission, Unreadable
from tests.unit.capture.readers import normal, read

PROSPECT = """<prospect status="new">
  <id sequence="1" source="AutoBase">A-77</id>
  <requestdate>2026-03-02T08:00:00-08:00</requestdate>
  <vehicle interest="buy" status="new"><year>2026</year><make>Prairie Line</make><model>PL 40</model></vehicle>
  <vehicle interest="trade-in" status="used"><year>1998</year><make>Ford</make><model>1720</model></vehicle>
  <customer><contact>
    <name part="first">Ann</name><name part="last">LEE</name>
    <email>ann@lee.example</email><phone type="fax">515-555-0100</phone><phone type="voice">515-555-0142</phone>
    <address><street line="1">12 Main St</street><city>Ames</city><regioncode>IA</regioncode>
      <postalcode>50010</postalcode><country>US</country></address>
  </contact><timeframe><description>within 3 months</description></timeframe>
  <comments>Call after five</comments></customer>
  <vendor><vendorname>Boone Implement</vendorname></vendor>
  <provider><name>AutoBase</name></provider>
</prospect>"""
DOCUMENT = f'<?adf version="1.0"?><?xml version="1.0"?><adf>{PROSPECT}</adf>'


def _read(body: str | bytes) -> list[Submission]:
    return read(body, dialect="adf", source="autobase", content_type="application/x-adf+xml")


def test_a_whole_prospect() -> None:
    (said,) = _read(DOCUMENT)
    inquiry = normal(said, "autobase")

    assert (inquiry.facts.name, inquiry.facts.email, inquiry.facts.phone) == (
        "Ann Lee",
        "ann@lee.example",
        "+15155550142",
    )
    assert inquiry.facts.address is not None
    assert inquiry.facts.address.mailable
    assert inquiry.products == ("compact-tractor",)
    assert inquiry.answers["timing"] == "3m"
    assert inquiry.answers["currently_owns"] == "1998 Ford 1720"
    assert inquiry.message == "Call after five"
    assert said.provider_key == "adf:AutoBase:A-77"
    assert said.attribution["provider"] == "AutoBase"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('<?adf version="1.0"?>', '<?ADF VERSION "1.0"?>'),
        ('sequence="1"', "sequence=1"),
        ("<comments>Call after five</comments>", "<comment>Call after five</comment>"),
        ("08:00:00-08:00", "08:00:00-08:0"),
        ("<adf>", '<!DOCTYPE adf SYSTEM "adf.dtd"><adf>'),
        ("<adf>", "<ADF>"),
        ("Boone Implement", "Boone & Sons"),
    ],
)
def test_what_senders_get_wrong_is_read_in_spite_of_it(right: str, wrong: str) -> None:
    document = DOCUMENT.replace(right, wrong, 1)
    if wrong == "<ADF>":
        document = document.replace("</adf>", "</ADF>")
    (said,) = _read(document)

    assert said.person["email"] == "ann@lee.example"
    assert said.message == "Call after five"
    assert said.provider_key == "adf:AutoBase:A-77"


def test_several_prospects_are_several_inquiries() -> None:
    said = _read(f"<adf>{PROSPECT}{PROSPECT.replace('A-77', 'A-78')}</adf>")

    assert [(one.row, one.provider_key) for one in said] == [(1, "adf:AutoBase:A-77"), (2, "adf:AutoBase:A-78")]


def test_windows_encoding_is_understood() -> None:
    (said,) = _read(DOCUMENT.replace("Ann", "Jörg").encode("cp1252"))

    assert said.person["given_name"] == "Jörg"


def test_a_business_name_is_the_company() -> None:
    document = DOCUMENT.replace(
        '<name part="first">', '<name part="full" type="business">Lee Farms</name><name part="first">'
    )
    (said,) = _read(document)

    assert said.person["company"] == "Lee Farms"


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]><adf><prospect>&x;</prospect></adf>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><adf><prospect>&x;</prospect></adf>',
    ],
)
def test_entities_are_refused_as_hostile(document: str) -> None:
    with pytest.raises(Unreadable) as refused:
        _read(document)

    assert refused.value.reason == "hostile"


@pytest.mark.parametrize(("body", "reason"), [("", "empty"), ("hello", "unreadable"), ("<adf/>", "unreadable")])
def test_what_holds_no_prospect_says_so(body: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        _read(body)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "piece", ["<", "<a>", "<a></b>", "</adf", "<prospect>", "&lt;", "<!--", "<a b=c ", "<![CDATA["], ids=repr
)
def test_ten_megabytes_of_brackets_hold_nobody_up(piece: str) -> None:
    """As much as a mail may be: it is set aside whole, and in seconds of CPU."""
    body = ("<adf>" + piece * (10_000_000 // len(piece))).encode()
    began = time.process_time()
    with pytest.raises(Unreadable) as refused:
        _read(body)

    assert refused.value.reason == "hostile"
    assert time.process_time() - began < 1.5


def test_more_prospects_than_anybody_sends_are_set_aside() -> None:
    with pytest.raises(Unreadable) as refused:
        _read("<adf>" + "<prospect><id>1</id></prospect>" * 5_001 + "</adf>")
    assert refused.value.reason == "too_many"
    assert len(_read("<adf>" + PROSPECT * 200 + "</adf>")) == 200
