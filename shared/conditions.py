"""Conditions that a manager can read and write, checked when they are loaded.

`employees >= 100 and state in ["IA", "IL"]`. The language is a part of rule-engine's: comparisons, and, or,
not, in, arithmetic, regular expressions, null tests; no calls into Python. A name that is not among the
declared facts, a comparison of the wrong types, or anything outside that part fails on load.

rule-engine parses and checks; its tree is then compiled once into Python closures, because its own evaluation
raises on a missing fact and takes some twenty times as long. Regular expressions are RE2's: whatever a company writes
and whatever a prospect sends, a search takes time in proportion to the text, and no more.

**A missing fact** (None or absent) leaves a comparison that reads it undecided. What is undecided is not
true, nor is its opposite: without a known state neither `state in ["IA"]` nor `state not in ["IA"]` holds.
The rest of the condition counts as usual: `employees >= 100 or state == "IA"` holds for Iowa whatever the
employees. `state == null` asks whether a fact is missing. A flag by itself asks whether it is set:
`not mailable` holds when nobody knows.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import re2
import rule_engine
from rule_engine import ast

from shared.condition_values import (
    ConditionError,
    Facts,
    Value,
    kind_of,
    literal_of,
    name_of,
    not_covered,
    value_of,
    word_for,
)

__all__ = ["Condition", "ConditionError", "FactType", "Facts"]

FactType = Literal["text", "number", "flag", "date", "list"]
#: True, False, or None where a missing fact leaves it undecided.
Test = Callable[[Facts], bool | None]

#: No condition that somebody reads is as long, has brackets within brackets as deep, or calculates as much.
LONGEST, DEEPEST, MOST_SUMS = 20_000, 50, 100
_QUOTED = re.compile(r""" "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' """, re.VERBOSE)
_PATTERNS = re2.Options()
_PATTERNS.log_errors = False

_TYPES = {
    "text": rule_engine.DataType.STRING,
    "number": rule_engine.DataType.FLOAT,
    "flag": rule_engine.DataType.BOOLEAN,
    "date": rule_engine.DataType.DATETIME,
    "list": rule_engine.DataType.ARRAY(rule_engine.DataType.STRING),
}


@dataclass(frozen=True)
class Condition:
    """One checked condition. `names` are the facts that it reads."""

    text: str
    names: frozenset[str]
    _test: Test = field(repr=False, compare=False)
    #: rule-engine's tree, checked: nothing is in it that conditions leave out.
    tree: Any = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str, facts: Mapping[str, FactType]) -> "Condition":
        """Checks `text` against the declared facts. Raises ConditionError."""
        if not isinstance(text, str):
            raise ConditionError(f"{text!r} is not a condition; put it in quotes")
        _check_size(text)
        types = {name: _TYPES[kind] for name, kind in facts.items()}
        context = rule_engine.Context(type_resolver=rule_engine.type_resolver_from_dict(types), default_timezone="utc")
        try:
            tree = rule_engine.Rule(text, context=context).statement.expression
            test = test_of(tree)
        except rule_engine.errors.SymbolResolutionError as error:
            near = f", did you mean {error.suggestion!r}?" if error.suggestion else ""
            raise ConditionError(f"{text!r}: there is no fact {error.symbol_name!r}{near}") from error
        except (rule_engine.errors.EngineError, ConditionError) as error:
            message = getattr(error, "message", None) or str(error)
            raise ConditionError(f"{text!r}: {message}{_declared(text, facts)}") from error
        except RecursionError:
            raise ConditionError(f"{text[:80]!r}…: is too long; make several rules of it, or use in [...]") from None
        return cls(text, frozenset(context.symbols), test, tree)

    def holds(self, facts: Facts) -> bool:
        """Whether the condition is true of `facts`. Never raises: what cannot be compared is not true."""
        return self._test(facts) is True


def _check_size(text: str) -> None:
    """Refuses what would keep the parser busy for ever, before it is parsed."""
    if len(text) > LONGEST:
        raise ConditionError(f"{text[:80]!r}…: has {len(text)} characters, more than {LONGEST}")
    bare = _QUOTED.sub("", text)
    depth = deepest = 0
    for character in bare:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise ConditionError(f"{text[:80]!r}…: has {deepest} brackets within each other, more than {DEEPEST}")
    if sum(map(bare.count, "+-*/%")) > MOST_SUMS:
        raise ConditionError(f"{text[:80]!r}…: calculates more than {MOST_SUMS} times")
    # The parser works out what is written out: 1 << 99999999999 takes all memory there is.
    if "<<" in bare or ">>" in bare:
        raise ConditionError(f"{text!r}: `<<` or `>>` cannot be used here")


def _declared(text: str, facts: Mapping[str, FactType]) -> str:
    read = [name for name in facts if re.search(rf"\b{re.escape(name)}\b", text)]
    return " (" + ", ".join(f"{name} is a {facts[name]}" for name in read) + ")" if read else ""


# --- conditions ---------------------------------------------------------------------------------------------


def test_of(node: Any) -> Test:
    """The closure of a part of a condition. Raises ConditionError where conditions leave that part out."""
    match node:
        case ast.LogicExpression():
            tests = [test_of(each) for each in operands(node)]
            return _any_of(tests) if node.type == "or" else _all_of(tests)
        case ast.UnaryExpression(type="not"):
            return _opposite(test_of(node.right))
        case ast.ContainsExpression():
            return _contains(node)
        case ast.FuzzyComparisonExpression():
            return _matches(node)
        case ast.ComparisonExpression():
            return _compares(node)
        case ast.BooleanExpression():
            constant = bool(node.value)
            return lambda facts: constant
        case ast.SymbolExpression() if kind_of(node) == "BOOLEAN":
            return _is_set(name_of(node))
    if kind_of(node) in ("BOOLEAN", "UNDEFINED"):
        raise not_covered(node)
    raise ConditionError(f"a yes or no is needed where a {word_for(node)} stands")


def operands(node: Any) -> list[Any]:
    """The parts of `a or b or c`, as one list."""
    found, waiting = [], [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.LogicExpression) and part.type == node.type:
            waiting += [part.right, part.left]
        else:
            found.append(part)
    return found


def _all_of(tests: list[Test]) -> Test:
    def test(facts: Facts) -> bool | None:
        undecided = False
        for each in tests:
            held = each(facts)
            if held is False:
                return False
            if held is None:
                undecided = True
        return None if undecided else True

    return test


def _any_of(tests: list[Test]) -> Test:
    def test(facts: Facts) -> bool | None:
        undecided = False
        for each in tests:
            held = each(facts)
            if held is True:
                return True
            if held is None:
                undecided = True
        return None if undecided else False

    return test


def _opposite(inner: Test) -> Test:
    def test(facts: Facts) -> bool | None:
        held = inner(facts)
        return None if held is None else not held

    return test


def _is_set(name: str) -> Test:
    return lambda facts: facts.get(name) is True


# --- comparisons --------------------------------------------------------------------------------------------

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne,
    "ge": operator.ge, "gt": operator.gt, "le": operator.le, "lt": operator.lt,
}  # fmt: skip
#: The operator that says the same with both sides exchanged.
MIRRORED = {"eq": "eq", "ne": "ne", "ge": "le", "gt": "lt", "le": "ge", "lt": "gt"}


def _compares(node: Any) -> Test:
    left, right, type_ = node.left, node.right, node.type
    if isinstance(left, ast.LiteralExpressionBase):
        left, right, type_ = right, left, MIRRORED[type_]
    if isinstance(right, ast.NullExpression):
        return _is_missing(left, type_)
    kinds = {kind_of(left), kind_of(right)}
    if len(kinds) > 1:
        raise ConditionError(f"a {word_for(left)} is compared with a {word_for(right)}")
    if not kinds <= {"STRING", "FLOAT", "BOOLEAN", "DATETIME", "TIMEDELTA"}:
        raise ConditionError(f"a {word_for(left)} cannot be compared like this; use in")
    compare = _COMPARE[type_]
    if isinstance(right, ast.LiteralExpressionBase):
        return _against_literal(value_of(left), compare, literal_of(right))
    return _between(value_of(left), compare, value_of(right))


def _against_literal(read: Value, compare: Callable[[Any, Any], bool], literal: Any) -> Test:
    def test(facts: Facts) -> bool | None:
        value = read(facts)
        if value is None:
            return None
        try:
            return compare(value, literal)
        except (TypeError, ArithmeticError):
            return None

    return test


def _between(left: Value, compare: Callable[[Any, Any], bool], right: Value) -> Test:
    def test(facts: Facts) -> bool | None:
        one, other = left(facts), right(facts)
        if one is None or other is None:
            return None
        try:
            return compare(one, other)
        except (TypeError, ArithmeticError):
            return None

    return test


def _is_missing(node: Any, type_: str) -> Test:
    if type_ not in ("eq", "ne") or not isinstance(node, ast.SymbolExpression):
        raise ConditionError("only `fact == null` and `fact != null` can be asked of null")
    name, missing = name_of(node), type_ == "eq"
    return lambda facts: (facts.get(name) is None) is missing


def _contains(node: Any) -> Test:
    container = node.container
    if isinstance(container, ast.ArrayExpression | ast.SetExpression):
        members = [literal_of(member) for member in container.value]
        if any(kind_of(member) != kind_of(node.member) for member in container.value):
            raise ConditionError(f"a {word_for(node.member)} is looked for among values of another type")
        return _against_literal(value_of(node.member), _is_one_of, frozenset(members))
    if kind_of(container) not in ("ARRAY", "STRING") or kind_of(node.member) != "STRING":
        raise ConditionError(f"a {word_for(node.member)} cannot be in a {word_for(container)}")
    return _between(value_of(container), operator.contains, value_of(node.member))


def _is_one_of(value: Any, members: frozenset[Any]) -> bool:
    return value in members


def _matches(node: Any) -> Test:
    if not isinstance(node.right, ast.StringExpression) or kind_of(node.left) != "STRING":
        raise ConditionError("a regular expression is written out, to the right of a text")
    find, wanted = pattern_of(node)

    def compare(text: str, _: None) -> bool:
        return (find(text) is not None) is wanted

    return _against_literal(value_of(node.left), compare, None)


def pattern_of(node: Any) -> tuple[Callable[[str], Any], bool]:
    """How the text is searched, and whether something has to be found."""
    try:
        pattern = re2.compile(node.right.value, _PATTERNS)
    except re2.error as error:
        problem = error.args[0].decode(errors="replace") if error.args else "not a regular expression"
        raise ConditionError(f"the regular expression {node.right.value!r}: {problem}") from error
    return pattern.search if node.type.endswith("fzs") else pattern.match, node.type.startswith("eq")
