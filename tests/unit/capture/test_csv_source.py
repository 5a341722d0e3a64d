"""Lists, as spreadsheets leave them."""

import pytest

from services.capture.domain.submission import Submission, Unreadable
from tests.unit.capture.readers import normal, read

TEXT = "First Name,Last Name,Email,Zip,Notes\nJörg,Müller,jm@hof.example,2139,Hello\n"


def _read(body: str | bytes) -> list[Submission]:
    return read(body, dialect="csv", source="farm-progress-list", content_type="text/csv")


@pytest.mark.parametrize(
    "body",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("cp1252"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode("utf-16"),
        b"sep=;\r\n" + TEXT.replace(",", ";").encode(),
        ("Farm Progress Show 2026\n\n" + TEXT).encode(),
        TEXT.replace("\n", "\r\n").encode(),
    ],
)
def test_encodings_delimiters_and_titles_do_not_matter(body: bytes) -> None:
    (said,) = _read(body)

    assert said.person == {
        "given_name": "Jörg",
        "family_name": "Müller",
        "email": "jm@hof.example",
        "postcode": "2139",
    }
    assert said.message == "Hello"


def test_what_excel_mangled_is_repaired() -> None:
    (said,) = _read("Name,Phone,Zip,State\nAnn Lee,5.155550142E+09,2139,MA\n")
    facts = normal(said, "farm-progress-list").facts

    assert facts.phone == "+15155550142"
    assert facts.address is not None
    assert facts.address.postcode == "02139"


def test_what_excel_destroyed_is_kept_with_a_note() -> None:
    (said,) = _read("Name,Phone,Email\nAnn Lee,5.15555E+09,a@b.example\n")
    inquiry = normal(said, "farm-progress-list")

    assert inquiry.facts.phone is None
    assert inquiry.notes[0].raw == "5.15555E+09"


def test_rows_keep_their_number_and_empty_ones_are_left_out() -> None:
    said = _read("Name,Email\nAnn,a@b.example\n,\n\nBob,b@b.example\n")

    assert [one.row for one in said] == [1, 4]


def test_a_note_of_several_lines_stays_one_cell() -> None:
    (said,) = _read('Name,Email,Notes\nAnn,a@b.example,"one\ntwo"\n')

    assert said.message == "one\ntwo"


def test_a_row_s_key_is_the_file_and_its_number() -> None:
    first, again = _read(TEXT)[0].provider_key, _read(TEXT)[0].provider_key

    assert first == again
    assert first != _read(TEXT + "Ann,Lee,a@b.example,,\n")[0].provider_key


def test_a_quote_that_never_closes_costs_one_cell_not_the_list() -> None:
    said = _read('Name,Email\n"Ann,a@b.example\n' + "Bob,b@b.example\n" * 300)

    assert len(said) == 301


def test_more_cells_than_columns_are_kept() -> None:
    (said,) = _read("Name,Email\nAnn,a@b.example,surplus\n")

    assert said.extra == {"column 3": "surplus"}


@pytest.mark.parametrize(("body", "reason"), [("", "empty"), ("Name,Email\n", "empty"), ("1,2\n3,4\n", "no_header")])
def test_what_is_no_list_says_so(body: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        _read(body)

    assert refused.value.reason == reason
