"""Logs: one JSON object a line, never a person's data, and no library silenced."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stdout

import pytest
import structlog

from shared import logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def written(write: object) -> list[dict[str, object]]:
    out = io.StringIO()
    with redirect_stdout(out):
        logs.configure("toy")
        write()  # type: ignore[operator]
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_fields_that_would_carry_personal_data_are_hidden() -> None:
    lines = written(lambda: structlog.get_logger().info("lead_told", lead_id="1", email="ann@x.example", name="Ann"))

    assert lines[0]["event"] == "lead_told"
    assert (lines[0]["lead_id"], lines[0]["email"], lines[0]["name"]) == ("1", "[hidden]", "[hidden]")


def test_a_logger_that_existed_before_is_still_heard() -> None:
    """dictConfig's default would disable it: nameko's failures would then be lost without a word."""
    early = logging.getLogger("nameko.containers")
    lines = written(lambda: early.error("worker failed"))

    assert not early.disabled
    assert [(line["event"], line["level"], line["room"]) for line in lines] == [("worker failed", "error", "toy")]


def test_lines_that_come_together_are_written_together_and_a_warning_at_once_with_all_before_it() -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        lines = logs.Lines()
        logs.configure("toy", lines=lines)
        log = structlog.get_logger()
        log.info("first")
        log.info("second")
        waiting = out.getvalue()
        log.warning("third")
        told = [json.loads(line)["event"] for line in out.getvalue().splitlines()]
        log.info("last")
        lines.flush()

    assert waiting == ""
    assert told == ["first", "second", "third"]
    assert json.loads(out.getvalue().splitlines()[-1])["event"] == "last"


def test_a_text_that_is_no_text_makes_a_line_all_the_same() -> None:
    lines = written(lambda: structlog.get_logger().info("odd", path="\ud800"))

    assert lines[0]["path"] == "\ud800"


def test_a_line_break_in_a_value_makes_no_second_line() -> None:
    lines = written(lambda: structlog.get_logger().info("odd", path="a\r\n{}\x1b[31m"))

    assert len(lines) == 1
