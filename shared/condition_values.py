"""The values inside a condition: facts, literals and arithmetic. `shared/conditions.py` compares them."""

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rule_engine import ast

Facts = Mapping[str, Any]
#: A value, or None where it is missing.
Value = Callable[[Facts], Any]


class ConditionError(ValueError):
    """A condition cannot be used: its syntax, a name or a type is wrong. The message says which."""


# --- values -------------------------------------------------------------------------------------------------

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "tdiv": operator.truediv,
    "fdiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow,
}  # fmt: skip


def value_of(node: Any) -> Value:
    match node:
        case ast.SymbolExpression():
            return _fact(node)
        case ast.AddExpression() | ast.SubtractExpression() | ast.ArithmeticExpression():
            return _calculated(node)
        case ast.UnaryExpression(type="uminus") if kind_of(node) == "FLOAT":
            return _combined(lambda facts: Decimal(0), operator.sub, _number(node.right))
        case ast.LiteralExpressionBase():
            constant = literal_of(node)
            return lambda facts: constant
    raise not_covered(node)


def _calculated(node: Any) -> Value:
    if kind_of(node.left) in ("DATETIME", "TIMEDELTA"):
        return _combined(value_of(node.left), _ARITHMETIC[node.type], value_of(node.right))
    if kind_of(node.left) != "FLOAT" or kind_of(node.right) != "FLOAT":
        raise ConditionError(f"a {word_for(node.left)} cannot be calculated with")
    return _combined(_number(node.left), _ARITHMETIC[node.type], _number(node.right))


def _combined(left: Value, combine: Callable[[Any, Any], Any], right: Value) -> Value:
    def result(facts: Facts) -> Any:
        one, other = left(facts), right(facts)
        if one is None or other is None:
            return None
        try:
            return combine(one, other)
        except (TypeError, ArithmeticError):
            return None

    return result


def _number(node: Any) -> Value:
    """A value to calculate with: always Decimal, whose // and % cut towards zero; those of int round down."""
    read = value_of(node)

    def result(facts: Facts) -> Decimal | None:
        number = read(facts)
        return Decimal(number) if type(number) is int else number

    return result


def _fact(node: Any) -> Value:
    name, kind = name_of(node), kind_of(node)
    if kind == "FLOAT":
        return lambda facts: exact(facts.get(name))
    if kind == "DATETIME":
        return lambda facts: _moment(facts.get(name))
    return lambda facts: facts.get(name)


def exact(number: Any) -> Any:
    """0.1 as a manager writes it, not its binary neighbour."""
    return Decimal(repr(number)) if type(number) is float else number


def _moment(value: Any) -> datetime | None:
    """A date is its first moment, in UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime(value.year, value.month, value.day, tzinfo=UTC) if isinstance(value, date) else None


def literal_of(node: Any) -> Any:
    if not isinstance(node, ast.LiteralExpressionBase) or isinstance(node, ast.NullExpression):
        raise ConditionError(f"a value written out is needed where {word_for(node)} stands")
    written = node.evaluate(None)
    # An int compares three times as fast as a Decimal, and equals it; beyond 28 digits it would only grow.
    if isinstance(written, Decimal) and written.is_finite() and written.adjusted() < 28:
        return int(written) if written == int(written) else written
    return written


# --- words --------------------------------------------------------------------------------------------------

_WORDS = {
    "STRING": "text", "FLOAT": "number", "BOOLEAN": "flag", "DATETIME": "date", "TIMEDELTA": "span of time",
    "ARRAY": "list", "SET": "list", "NULL": "null",
}  # fmt: skip


def kind_of(node: Any) -> str:
    return str(node.result_type.name)


def name_of(node: Any) -> str:
    if node.scope is not None:
        raise ConditionError(f"${node.name} is not a declared fact")
    return str(node.name)


def word_for(node: Any) -> str:
    return _WORDS.get(kind_of(node)) or type(node).__name__.removesuffix("Expression").lower()


_NOT_COVERED = {
    "GetAttributeExpression": "`.`",
    "GetItemExpression": "`[…]` after a name",
    "GetSliceExpression": "`[…]` after a name",
    "TernaryExpression": "`? :`",
    "CoalesceExpression": "`??`",
    "ComprehensionExpression": "`for`",
    "FunctionCallExpression": "a call",
    "BitwiseExpression": "`&`, `|` or `^`",
    "BitwiseShiftExpression": "`<<` or `>>`",
}


def not_covered(node: Any) -> ConditionError:
    """The error for a part of rule-engine's language that conditions leave out."""
    return ConditionError(f"{_NOT_COVERED.get(type(node).__name__, word_for(node))} cannot be used here")
