"""The drawing process: letters come out of it, and what goes wrong in it stays in it."""

import time

import pytest

from services.fulfillment.channels.press import NotDrawn, Press
from tests.integration.fulfillment.printed import open_letter, words


@pytest.fixture
def press() -> object:
    running = Press(timeout=60)
    yield running
    running.close()


def test_letters_are_drawn_one_after_the_other(press: Press) -> None:
    for number in (1, 2):
        letter = press.draw(f"<p>Letter {number}</p><p style='page-break-before: always'>more</p>")

        assert letter.pages == 2
        assert f"Letter{number}" in words(open_letter(letter.pdf))


def test_process_that_ended_is_started_again(press: Press) -> None:
    press.draw("<p>one")
    assert press._process is not None
    press._process.kill()
    press._process.wait()

    with pytest.raises(NotDrawn):
        press.draw("<p>two")
    assert press.draw("<p>three").pages == 1


def test_letter_that_takes_too_long_is_given_up(press: Press) -> None:
    press.draw("<p>warm")
    press.timeout = 0.01
    press.close()
    began = time.monotonic()

    with pytest.raises(NotDrawn):
        press.draw("<p>too slow, the process is only starting")

    assert time.monotonic() - began < 30
    press.timeout = 60
    assert press.draw("<p>next").pages == 1
