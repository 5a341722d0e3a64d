"""What the local stack says when it cannot go on. The text always names the next step."""


class StackError(Exception):
    """A part of the local stack did not start, stop or answer; the message says what to do."""
