"""Makes an example of any contract from its types: the same one every time, with every field filled."""

import dataclasses
import types
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid5

T = TypeVar("T")
EXAMPLES = UUID("00000000-0000-5000-8000-000000000000")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

#: Texts that read better than their field's name.
TEXTS = {
    "source": "website-contact",
    "channel": "form",
    "campaign": "spring-field-days",
    "email": "ann.lee@leefarms.example",
    "phone": "+15155550142",
    "name": "Ann Lee",
    "given_name": "Ann",
    "family_name": "Lee",
    "country": "US",
    "state": "IA",
    "city": "Ames",
    "postcode": "50010",
    "language": "en",
    "currency": "USD",
    "owner_id": "dealer-ames",
    "programme": "not-ready-yet",
    "piece": "nurture-1-guide",
    "step": "guide",
    "rules_version": "0123456789ab",
    "version": "0123456789ab",
}
VALUES: dict[Any, Callable[[str], Any]] = {
    str: lambda name: TEXTS.get(name, name.replace("_", " ")),
    int: lambda name: 2,
    float: lambda name: 0.5,
    bool: lambda name: True,
    Decimal: lambda name: Decimal("48500.00"),
    UUID: lambda name: uuid5(EXAMPLES, name),
    datetime: lambda name: NOON,
    date: lambda name: NOON.date(),
    Any: lambda name: name,
}


def example(contract: type[T]) -> T:
    """An instance with every field filled, optional ones too."""
    return _made(contract, required_only=False)


def least(contract: type[T]) -> T:
    """An instance with only the fields that must be there."""
    return _made(contract, required_only=True)


def _made(contract: type[T], *, required_only: bool) -> T:
    hints = get_type_hints(contract)
    wanted = [
        field
        for field in dataclasses.fields(contract)  # type: ignore[arg-type]
        if not required_only or (field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING)
    ]
    return contract(**{field.name: _value(hints[field.name], field.name, required_only) for field in wanted})


def _value(hint: Any, name: str, required_only: bool) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _value(next(one for one in arguments if one is not type(None)), name, required_only)
    if origin is Literal:
        return arguments[0]
    if origin is list:
        return [] if required_only else [_value(arguments[0], name, required_only)]
    if origin is dict:
        return {} if required_only else {name: _value(arguments[1], name, required_only)}
    if dataclasses.is_dataclass(hint):
        return _made(hint, required_only=required_only)  # type: ignore[type-var]
    return VALUES[hint](name)
