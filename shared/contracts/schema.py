"""Derives a marshmallow schema from a frozen dataclass, so that a contract is written once and is typed.

Supported: str, int, float, bool, Decimal, UUID, datetime, date, Literal, X | None, list[X], dict[str, X], Any and
nested contract dataclasses. Unknown fields are dropped on load: a reader of yesterday accepts an event of tomorrow.
"""

import dataclasses
import types
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from shared.contracts.errors import ContractViolation

T = TypeVar("T")

SCALARS: dict[Any, type[fields.Field[Any]]] = {
    str: fields.String,
    int: fields.Integer,
    float: fields.Float,
    bool: fields.Boolean,
    UUID: fields.UUID,
    datetime: fields.AwareDateTime,
    date: fields.Date,
    Any: fields.Raw,
}


def schema_of(contract: Any) -> Schema:
    """The marshmallow schema of a contract dataclass; one instance per class."""
    return _schema_of(contract)


@cache
def _schema_of(contract: Any) -> Schema:
    hints = get_type_hints(contract)
    declared: dict[str, fields.Field[Any]] = {
        spec.name: _field(hints[spec.name], spec) for spec in dataclasses.fields(contract)
    }
    base = type(f"{contract.__name__}Base", (Schema,), {"build": post_load(lambda _, data, **__: contract(**data))})
    return cast(type[Schema], base).from_dict(declared, name=contract.__name__)(unknown=EXCLUDE)


def load(contract: type[T], data: Mapping[str, Any]) -> T:
    """`data`, checked, as an instance of `contract`.

    Raises ContractViolation with every failing field by name.
    """
    try:
        loaded: T = schema_of(contract).load(data)
    except ValidationError as error:
        raise ContractViolation(contract.__name__, error.messages) from error
    return loaded


def dump(instance: Any) -> dict[str, Any]:
    """`instance` as plain JSON types."""
    # Not by the schema: what is typed needs no check on its way out, and this takes a tenth of the time.
    plain: dict[str, Any] = orjson.loads(dumped(instance))
    return plain


def dumped(instance: Any) -> bytes:
    """`instance` as JSON."""
    return orjson.dumps(instance, default=_plain)


def _plain(value: Any) -> Any:
    """What orjson does not know by itself. Raises TypeError for what no contract may hold."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is no part of a contract")


def _field(hint: Any, spec: dataclasses.Field[Any] | None = None) -> fields.Field[Any]:
    options: dict[str, Any] = {}
    if spec is not None:
        if spec.default is not dataclasses.MISSING:
            options["load_default"] = spec.default
        elif spec.default_factory is not dataclasses.MISSING:
            options["load_default"] = spec.default_factory
        else:
            options["required"] = True
    inner, optional = _without_none(hint)
    options["allow_none"] = optional
    return _typed_field(inner, options)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, types.UnionType):
        members = [member for member in get_args(hint) if member is not type(None)]
        if len(members) != 1:
            raise TypeError(f"a contract field has one type, optionally with None: {hint}")
        return members[0], True
    return hint, hint is Any


def _typed_field(hint: Any, options: dict[str, Any]) -> fields.Field[Any]:
    origin = get_origin(hint)
    if origin is Literal:
        return fields.String(validate=validate.OneOf(get_args(hint)), **options)
    if origin is list:
        return fields.List(_field(get_args(hint)[0]), **options)
    if origin is dict:
        return fields.Dict(keys=fields.String(), values=_field(get_args(hint)[1]), **options)
    if hint is Decimal:
        # As text, so that no reader makes a binary fraction of it; the published description is to say so.
        kind = ["string", "null"] if options.get("allow_none") else "string"
        return fields.Decimal(as_string=True, metadata={"type": kind, "format": "decimal"}, **options)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return fields.Nested(schema_of(hint), **options)
    if hint in SCALARS:
        return SCALARS[hint](**options)
    raise TypeError(f"no marshmallow field for {hint!r}")
