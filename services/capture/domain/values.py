"""How a value that cannot be made usable is spoken of: it is kept as it came, with a note, and never fatal."""

from dataclasses import dataclass


class Unusable(ValueError):
    """A value cannot be brought into its normal form. The message says why, without the value."""


@dataclass(frozen=True)
class Note:
    """One remark on one field of an inquiry; `raw` is what the sender wrote."""

    field: str
    problem: str
    raw: str
