"""The spool keeps what it promised to keep, and says so when it cannot."""

import errno
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.segment import Record
from gateway.spool import Spool, SpoolBroken, SpoolFull, SpoolRefused


def spool_in(folder: Path, max_bytes: int = 1_000_000, **options: int) -> Spool:
    return Spool(folder / "spool", max_bytes, **options)


def record(number: int) -> Record:
    return Record(b"header", b"body %d" % number)


def content(spool: Spool) -> list[bytes]:
    """All bodies, in the order in which they would be drained."""
    bodies = []
    while (segment := spool.oldest()) is not None:
        bodies += [found.body for found in segment.read().records]
        spool.discard(segment)
    return bodies


def files(spool: Spool) -> list[Path]:
    return sorted(spool.folder.glob("[0-9]*"))


def test_records_come_back_in_order_across_files(tmp_path: Path) -> None:
    spool = spool_in(tmp_path, segment_bytes=200)
    for number in range(50):
        spool.append(record(number))

    assert len(files(spool)) > 5
    assert content(spool) == [b"body %d" % number for number in range(50)]
    assert spool.empty
    assert files(spool) == []


def test_records_survive_the_process(tmp_path: Path) -> None:
    first = spool_in(tmp_path)
    first.append(record(1))
    first.append(record(2))
    first.close()

    assert content(spool_in(tmp_path)) == [b"body 1", b"body 2"]


def test_the_files_of_a_living_process_are_left_alone(tmp_path: Path) -> None:
    living = spool_in(tmp_path)
    living.append(record(1))
    other = spool_in(tmp_path)

    assert other.oldest() is None
    assert other.adopt() == 0
    assert content(living) == [b"body 1"]


def test_what_another_process_leaves_behind_is_adopted_once(tmp_path: Path) -> None:
    dying, first, second = spool_in(tmp_path), spool_in(tmp_path), spool_in(tmp_path)
    dying.append(record(1))
    dying.close()

    assert (first.adopt(), second.adopt(), first.adopt()) == (1, 0, 0)
    assert content(first) == [b"body 1"]


def test_a_file_that_was_drained_meanwhile_is_not_adopted(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    spool.append(record(1))
    segment = spool.oldest()
    assert segment is not None
    seen_before = os.open(segment.path, os.O_RDWR)
    spool.discard(segment)

    assert os.fstat(seen_before).st_nlink == 0
    assert spool_in(tmp_path).empty
    os.close(seen_before)


def test_a_file_without_a_name_yet_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    draft = tmp_path / "spool" / ".00000000000000000001-1.segment"
    draft.write_bytes(b"LEADBUS-SPOOL-1\n")
    spool = spool_in(tmp_path)

    assert not draft.exists()
    assert spool.empty


def test_a_file_with_damage_inside_is_set_aside(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    spool.append(record(1))
    segment = spool.oldest()
    assert segment is not None
    spool.discard(segment, keep_damaged=True)

    assert [path.suffix for path in files(spool)] == [".damaged"]
    assert spool_in(tmp_path).empty


def test_a_full_spool_refuses_and_takes_again_when_drained(tmp_path: Path) -> None:
    spool = spool_in(tmp_path, max_bytes=200)
    spool.append(Record(b"", b"x" * 150))
    with pytest.raises(SpoolFull):
        spool.append(Record(b"", b"y" * 100))
    full = spool.writable()
    content(spool)
    spool.append(Record(b"", b"z" * 100))

    assert full
    assert content(spool) == [b"z" * 100]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_write_that_fails_is_refused_and_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    spool = spool_in(tmp_path)
    spool.append(record(1))
    really_write = os.write

    def half_a_write(descriptor: int, data: memoryview) -> int:
        if len(data) > 20:
            return really_write(descriptor, data[:20])
        raise OSError(number, "no")

    monkeypatch.setattr(os, "write", half_a_write)
    with pytest.raises(SpoolBroken if number == errno.EIO else SpoolFull):
        spool.append(record(2))
    monkeypatch.undo()
    spool.append(record(3))

    assert content(spool) == [b"body 1", b"body 3"]


def test_a_failed_fsync_is_no_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = spool_in(tmp_path)
    spool.append(record(1))

    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(SpoolBroken):
        spool.append(record(2))
    monkeypatch.undo()

    assert content(spool) == [b"body 1"]


def test_nothing_is_promised_before_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = spool_in(tmp_path)
    spool.append(record(0))
    synced: list[int] = []
    really_sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (really_sync(descriptor), synced.append(descriptor)))
    spool.append(record(1))

    assert len(synced) == 1


def test_a_thousand_waiting_requests_share_a_few_fsyncs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = spool_in(tmp_path)
    spool.append(record(0))
    everybody_waits = threading.Event()
    synced: list[int] = []
    really_sync = os.fsync

    def slow_disk(descriptor: int) -> None:
        # The first fsync lasts until all others have come.
        if not synced:
            assert everybody_waits.wait(20)
        synced.append(descriptor)
        really_sync(descriptor)

    monkeypatch.setattr(os, "fsync", slow_disk)
    threads = [threading.Thread(target=spool.append, args=(record(number),)) for number in range(1, 1001)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 15
    while len(spool._waiting) < 999 and time.monotonic() < deadline:
        time.sleep(0.001)
    everybody_waits.set()
    for thread in threads:
        thread.join(20)

    assert len(synced) <= 3
    assert sorted(content(spool)) == sorted(b"body %d" % number for number in range(1001))


def test_writers_and_a_drainer_at_once_lose_nothing(tmp_path: Path) -> None:
    spool = spool_in(tmp_path, segment_bytes=2000)
    drained: list[bytes] = []
    finished = threading.Event()

    def drain() -> None:
        while not finished.is_set() or not spool.empty:
            drained.extend(content(spool))

    def write(first: int) -> None:
        for number in range(first, first + 100):
            spool.append(record(number))

    drainer = threading.Thread(target=drain)
    writers = [threading.Thread(target=write, args=(first,)) for first in range(0, 800, 100)]
    for thread in [drainer, *writers]:
        thread.start()
    for thread in writers:
        thread.join(30)
    finished.set()
    drainer.join(30)

    assert sorted(drained) == sorted(b"body %d" % number for number in range(800))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a file system needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_makes_no_false_promise_and_is_survived(small_disk: Path) -> None:
    spool = spool_in(small_disk)
    kept: list[bytes] = []
    refused = 0
    for number in range(100):
        body = b"%d" % number * 500
        try:
            spool.append(Record(b"", body))
            kept.append(body)
        except SpoolFull:
            refused += 1
    after_restart = spool_in(small_disk)
    spool.close()
    after_restart.adopt()

    assert refused
    assert content(after_restart) == kept
    after_restart.append(record(1))
    assert content(after_restart) == [b"body 1"]


def test_every_writer_of_a_failed_batch_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = spool_in(tmp_path)

    def failing(descriptor: int, data: memoryview) -> int:
        raise OSError(errno.ENOSPC, "no")

    monkeypatch.setattr(os, "write", failing)
    refused: list[int] = []

    def write(number: int) -> None:
        try:
            spool.append(record(number))
        except SpoolRefused:
            refused.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert sorted(refused) == list(range(20))
