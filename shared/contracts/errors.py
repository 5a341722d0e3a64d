"""The few errors that may cross the wire. nameko names them by module path: moving one is a breaking change."""

from typing import Any


class WireError(Exception):
    """Root of the errors that one room may raise to another; `slug` is stable and machine-readable."""

    slug = "error"


class ContractViolation(WireError):
    """A message or a call does not have the shape that its contract demands. Trying again cannot help."""

    slug = "contract_violation"

    def __init__(self, contract: str, fields: Any) -> None:
        super().__init__(contract, fields)
        self.contract = contract
        self.fields = fields

    def __str__(self) -> str:
        return f"{self.contract}: {self.fields}"


class NotFound(WireError):
    """There is no such thing, or the caller may not know of it."""

    slug = "not_found"


class LinkInvalid(WireError):
    """A signed link was altered, has expired or was made for something else."""

    slug = "link_invalid"


class NotAllowed(WireError):
    """The state of the thing does not allow this move."""

    slug = "not_allowed"


class InternalFailure(WireError):
    """The room failed. Its log says why; the wire does not."""

    slug = "internal"
