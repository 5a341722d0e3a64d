"""Web forms in whatever encoding the page had."""

from typing import Any

import pytest

from services.capture.domain.submission import Submission, Unreadable
from tests.unit.capture.readers import normal, read

FORM = "application/x-www-form-urlencoded"


def _read(body: bytes, content_type: str = FORM, **over: Any) -> Submission:
    (said,) = read(body, dialect="form", source="website-contact", content_type=content_type, **over)
    return said


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"your-name=J%C3%B6rg+M%C3%BCller", FORM),
        (b"your-name=J%F6rg+M%FCller", FORM),
        (b"your-name=J%F6rg+M%FCller", FORM + "; charset=windows-1252"),
        (b"_charset_=iso-8859-15&your-name=J%F6rg+M%FCller", FORM),
        ("your-name=Jörg Müller".encode("cp1252"), FORM),
    ],
)
def test_a_name_survives_its_encoding(body: bytes, content_type: str) -> None:
    assert _read(body, content_type).person["full_name"] == "Jörg Müller"


def test_one_encoding_holds_for_the_whole_form() -> None:
    # "Ã¼" in Windows' encoding is a valid "ü" in UTF-8 when looked at by itself.
    assert _read(b"your-name=%C3%BC&your-message=%FC").person["full_name"] == "Ã¼"


def test_multipart_fields_and_a_file() -> None:
    body = (
        b'--X\r\nContent-Disposition: form-data; name="your-email"\r\n\r\nann@lee.example\r\n'
        b'--X\r\nContent-Disposition: form-data; name="your-name"\r\n\r\nJ\xc3\xb6rg\r\n'
        b'--X\r\nContent-Disposition: form-data; name="photo"; filename="barn.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n\xff\xd8\xff\r\n--X--\r\n"
    )
    said = _read(body, 'multipart/form-data; boundary="X"')

    assert said.person == {"email": "ann@lee.example", "full_name": "Jörg"}
    assert said.extra == {"photo": "file barn.jpg (3 bytes)"}


def test_ticked_boxes_are_consent_and_several_answers_one() -> None:
    said = _read(b"your-email=a%40b.example&newsletter=on&i_am_interested_in=demo&i_am_interested_in=quote")

    assert said.consent == {"email": "on"}
    assert said.answers["interest"] == "demo, quote"


def test_the_field_that_nobody_sees_is_a_trap() -> None:
    assert _read(b"your-email=a%40b.example&fax_number=1").trap == "1"


def test_products_are_known_by_what_people_call_them() -> None:
    said = _read(b"your-email=a%40b.example&product=GD+900+Tower+Dryer%2C+mower%2C+helicopter")
    inquiry = normal(said, "website-contact")

    assert inquiry.products == ("grain-dryer", "zero-turn-mower")
    assert inquiry.answers["product_wish"] == "helicopter"


def test_completeness_is_the_share_of_what_is_asked_for() -> None:
    bare = normal(_read(b"your-email=a%40b.example"), "website-contact")
    more = normal(
        _read(b"your-email=a%40b.example&zip=50010&budget=50k&role=owner&need=dry+corn&timing=now"), "website-contact"
    )

    assert 0 < bare.completeness < more.completeness < 1


def test_an_empty_form_says_so() -> None:
    with pytest.raises(Unreadable) as refused:
        _read(b"")

    assert refused.value.reason == "empty"


def test_json_sent_to_a_form_s_address_is_read_as_json() -> None:
    assert _read(b'{"your-email": "a@b.example"}', "application/json").person == {"email": "a@b.example"}


def test_the_browser_tells_page_and_language_where_the_form_does_not() -> None:
    headers = {"referer": "https://www.prairieline.example/dryers", "accept-language": "de-DE,de;q=0.9,en;q=0.5"}
    quiet = _read(b"your-email=a%40b.example", headers=headers)
    outspoken = _read(b"your-email=a%40b.example&language=fr", headers=headers)

    assert quiet.attribution == {"referrer": "https://www.prairieline.example/dryers"}
    assert normal(quiet, "website-contact").facts.language == "de-DE"
    assert normal(outspoken, "website-contact").facts.language == "fr"
