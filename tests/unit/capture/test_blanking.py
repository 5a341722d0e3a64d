"""One person is cut out of a payload: their record's bytes go, everybody else's stay where they were."""

import csv
import io
import json
import zipfile

import pytest

from services.capture.domain.blanking import without

ANN = ["Ann Lee", "ann@lee.example", "12 Main St"]


def test_a_row_of_a_list_is_blanked_in_place() -> None:
    head = b"Name,Email,Street,Note\r\nBob,bob@x.example,12 Main St,hi\r\n"
    body = head + b'Ann Lee,ann@lee.example,12 Main St,"a,\nb"\r\nCy,c@x.example,9,z\r\n'

    cut = without(body, [ANN])

    assert cut is not None
    assert len(cut) == len(body)
    rows, before = (list(csv.reader(io.StringIO(text.decode()))) for text in (cut, body))
    # Every other row is the same, under the same number.
    assert [row for n, row in enumerate(rows) if n != 2] == [row for n, row in enumerate(before) if n != 2]
    assert set("".join(rows[2])) == {"*"}


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_whatever_the_charset(charset: str) -> None:
    body = "Name;Email\nJörg Öhm;j@oehm.example\nZoë;z@x.example\n".encode(charset)

    cut = without(body, [["Jörg Öhm", "j@oehm.example"]])

    assert cut is not None
    assert cut.decode(charset) == "Name;Email\n********;**************\nZoë;z@x.example\n"


def test_one_object_of_a_json_list_is_emptied_however_it_is_written() -> None:
    bob = {"email": "bob@x.example", "tags": [{"a": "]}"}]}
    body = json.dumps({"leads": [bob, {"name": 'J\u00f6rg \\ "L"', "more": {"email": "j@x.example"}}, bob]}).encode()

    cut = without(body, [['Jörg \\ "L"', "j@x.example"]])

    assert cut is not None
    assert len(cut) == len(body)
    assert json.loads(cut) == {"leads": [bob, {}, bob]}


def test_one_prospect_of_a_feed_is_emptied() -> None:
    body = b"<adf><prospect><email>ann@lee.example</email></prospect><prospect><email>b@x</email></prospect></adf>"

    cut = without(body, [["ann@lee.example"]])

    assert cut is not None
    assert b"ann" not in cut
    assert b"<prospect><email>b@x</email></prospect>" in cut


def test_of_a_workbook_what_nobody_else_says_goes() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("xl/sharedStrings.xml", "<t>Ann Lee</t><t>ann@lee.example</t><t>12 Main St</t><t>Bob</t>")

    cut = without(out.getvalue(), [ANN], others=["Bob", "12 Main St"])

    assert cut is not None
    with zipfile.ZipFile(io.BytesIO(cut)) as book:
        assert book.read("xl/sharedStrings.xml") == b"<t>*</t><t>*</t><t>12 Main St</t><t>Bob</t>"


@pytest.mark.parametrize("body", [b"Name,Email\nBob,b@x\n", b"[{}]", b"", b"\x00\xff\xfe{", b"PK\x03\x04broken"])
def test_what_cannot_be_found_is_said(body: bytes) -> None:
    assert without(body, [ANN]) is None
