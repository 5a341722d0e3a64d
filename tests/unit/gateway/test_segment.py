"""A spool file gives back every whole record, whatever a crash left behind it."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.segment import Record, encode, new_mark, opening, scan

RECORDS = st.lists(st.builds(Record, header=st.binary(max_size=20), body=st.binary(max_size=200)), max_size=8)


def file_of(records: list[Record]) -> bytes:
    mark = new_mark()
    return opening(mark) + b"".join(encode(mark, record) for record in records)


@given(RECORDS)
def test_what_was_written_is_read(records: list[Record]) -> None:
    found = scan(file_of(records))

    assert found.records == records
    assert found.damaged == 0


@given(RECORDS.filter(bool), st.data())
def test_a_torn_end_hides_nothing_before_it(records: list[Record], data: st.DataObject) -> None:
    whole = file_of(records[:-1])
    cut = data.draw(st.integers(min_value=0, max_value=len(file_of(records)) - len(whole) - 1))
    mark = whole[16:24]
    found = scan(whole + encode(mark, records[-1])[:cut])

    assert found.records == records[:-1]
    assert (found.damaged, found.torn) == (cut, cut)


def test_damage_in_the_middle_hides_only_the_record_it_hit() -> None:
    records = [Record(b"h", bytes([number]) * 50) for number in range(3)]
    data = bytearray(file_of(records))
    data[24 + 8 + 12 + 1 + 50 + 30] ^= 0xFF
    found = scan(bytes(data))

    assert found.records == [records[0], records[2]]
    assert found.damaged > found.torn == 0


def test_a_body_cannot_pass_for_a_record() -> None:
    """Even one whose record was torn, so that reading goes on inside it."""
    forged = encode(new_mark(), Record(b"forged", b"forged"))
    data = file_of([Record(b"h", forged + b"the rest")])
    found = scan(data[:-4])

    assert found.records == []


def test_a_file_without_its_beginning_holds_nothing() -> None:
    assert scan(b"").records == []
    assert scan(b"LEADBUS").damaged == 7
