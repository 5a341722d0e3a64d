"""One spool file: how records lie in it, and how to read them after a crash."""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_START = b"LEADBUS-SPOOL-1\n"
_MARK_LENGTH = 8
#: Lengths of header and body, and the checksum of all that follows them.
_LENGTHS = struct.Struct(">III")


@dataclass(frozen=True)
class Record:
    """One spooled message: a few bytes of header, and a body that nobody here looks into."""

    header: bytes
    body: bytes


@dataclass(frozen=True)
class Scan:
    """What a spool file holds. `damaged` counts bytes that are no record; `torn` those of them at its end."""

    records: list[Record]
    damaged: int
    torn: int


def new_mark() -> bytes:
    """What begins every record of one file. It is random, so that no sender can put a false record into a body."""
    return os.urandom(_MARK_LENGTH)


def opening(mark: bytes) -> bytes:
    """The first bytes of a file."""
    return _START + mark


def encode(mark: bytes, record: Record) -> bytes:
    """A record as it lies in the file of `mark`."""
    lengths = (len(record.header), len(record.body))
    return mark + _LENGTHS.pack(*lengths, _checksum(*lengths, record.header, record.body)) + record.header + record.body


def scan(data: bytes) -> Scan:
    """All whole records of a file's content, whatever a crash or a bad disk did between them."""
    begin = len(_START) + _MARK_LENGTH
    if len(data) < begin or not data.startswith(_START):
        return Scan([], damaged=len(data), torn=len(data))
    mark = data[len(_START) : begin]
    records: list[Record] = []
    damaged, end = 0, begin
    for start, stop, record in _whole_records(data, mark, begin):
        records.append(record)
        damaged += start - end
        end = stop
    torn = len(data) - end
    return Scan(records, damaged=damaged + torn, torn=torn)


def _whole_records(data: bytes, mark: bytes, start: int) -> Iterator[tuple[int, int, Record]]:
    while (start := data.find(mark, start)) >= 0:
        found = _record_at(data, start + _MARK_LENGTH)
        if found is None:
            start += 1
        else:
            stop, record = found
            yield start, stop, record
            start = stop


def _record_at(data: bytes, start: int) -> tuple[int, Record] | None:
    if start + _LENGTHS.size > len(data):
        return None
    header_length, body_length, checksum = _LENGTHS.unpack_from(data, start)
    middle = start + _LENGTHS.size + header_length
    stop = middle + body_length
    if stop > len(data):
        return None
    record = Record(data[start + _LENGTHS.size : middle], data[middle:stop])
    if _checksum(header_length, body_length, record.header, record.body) != checksum:
        return None
    return stop, record


def _checksum(header_length: int, body_length: int, header: bytes, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(header, zlib.crc32(struct.pack(">II", header_length, body_length))))
