"""Many conditions as one function: what a rule set asks of a lead, asked in a few microseconds.

The source of that function is written from checked trees alone: names are numbered locals, values are numbered
constants, so no text of a rule ever becomes code. What is rare (arithmetic, dates, one fact against another) calls the
condition's own closure.

A condition is true, false or undecided. Source has two forms for it: `_holds` is true where the condition is true,
`_fails` where it is false; where neither is, it is undecided.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rule_engine import ast

from shared.condition_values import Facts, exact, kind_of, literal_of
from shared.conditions import MIRRORED, Condition, operands, pattern_of, test_of

#: Which conditions hold, by their places in the sequence that they were compiled from.
Holding = Callable[[Facts], list[int]]

_OPERATORS = {"eq": "==", "ne": "!=", "ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


def compiled(conditions: Sequence[Condition]) -> Holding:
    """One function for all conditions: it agrees with `Condition.holds` of each, whatever the facts."""
    if not conditions:
        return lambda facts: []
    source = _Source()
    tests = [source.holds(condition.tree) for condition in conditions]
    lines = ["def holding(facts):", " get = facts.get", *source.reads(), " held = []"]
    lines += [line for place, test in enumerate(tests) for line in (f" if {test}:", f"  held.append({place})")]
    lines.append(" return held")
    scope: dict[str, Any] = dict(source.constants)
    exec(compile("\n".join(lines), "<rules>", "exec"), scope)
    quick: Holding = scope["holding"]

    def holding(facts: Facts) -> list[int]:
        try:
            return quick(facts)
        except (TypeError, ArithmeticError):
            # A fact of another type than it was declared with: condition by condition, that one alone is undecided.
            return [place for place, condition in enumerate(conditions) if condition.holds(facts)]

    return holding


class _Source:
    """The locals and constants of one function."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {"_exact": exact}
        self._locals: dict[str, tuple[str, str]] = {}

    def reads(self) -> list[str]:
        """The lines that fetch each fact once."""
        lines = []
        for name, (local, kind) in self._locals.items():
            lines.append(f" {local} = get({self.constant(name)})")
            if kind == "FLOAT":
                lines.append(f" if type({local}) is float: {local} = _exact({local})")
        return lines

    def constant(self, value: Any) -> str:
        """The name under which the function finds `value`."""
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def holds(self, node: Any) -> str:
        """An expression that is true where the condition is true."""
        return self._decided(node, True)

    def _decided(self, node: Any, wanted: bool) -> str:
        match node:
            case ast.LogicExpression():
                word = node.type if wanted else {"and": "or", "or": "and"}[node.type]
                # One pair of brackets around a chain: Python allows 200 of them within each other.
                return f"({f' {word} '.join(self._decided(each, wanted) for each in operands(node))})"
            case ast.UnaryExpression(type="not"):
                return self._decided(node.right, not wanted)
            case ast.BooleanExpression():
                return str(bool(node.value) is wanted)
            case ast.SymbolExpression():
                return f"{self._local(node)} is {'' if wanted else 'not '}True"
            case ast.FuzzyComparisonExpression() if isinstance(node.left, ast.SymbolExpression):
                find, when = pattern_of(node)
                return self._known(node.left, f"({self.constant(find)}({{0}}) is not None) is {when is wanted}")
            case ast.ComparisonExpression():
                return self._compared(node, wanted)
            case ast.ContainsExpression():
                return self._contained(node, wanted)
        return self._closure(node, wanted)

    def _compared(self, node: Any, wanted: bool) -> str:
        left, right, type_ = node.left, node.right, node.type
        if isinstance(left, ast.LiteralExpressionBase):
            left, right, type_ = right, left, MIRRORED[type_]
        if not isinstance(left, ast.SymbolExpression) or kind_of(left) == "DATETIME":
            return self._closure(node, wanted)
        if isinstance(right, ast.NullExpression):
            return f"{self._local(left)} is {'' if (type_ == 'eq') is wanted else 'not '}None"
        if not isinstance(right, ast.LiteralExpressionBase):
            return self._closure(node, wanted)
        negated = "" if wanted else "not "
        return self._known(left, f"{negated}{{0}} {_OPERATORS[type_]} {self.constant(literal_of(right))}")

    def _contained(self, node: Any, wanted: bool) -> str:
        member, container = node.member, node.container
        inside = "in" if wanted else "not in"
        written = isinstance(container, ast.ArrayExpression | ast.SetExpression)
        if written and isinstance(member, ast.SymbolExpression) and kind_of(member) != "DATETIME":
            values = self.constant(frozenset(literal_of(each) for each in container.value))
            return self._known(member, f"{{0}} {inside} {values}")
        if isinstance(container, ast.SymbolExpression) and isinstance(member, ast.LiteralExpressionBase):
            return self._known(container, f"{self.constant(literal_of(member))} {inside} {{0}}")
        return self._closure(node, wanted)

    def _known(self, symbol: Any, test: str) -> str:
        local = self._local(symbol)
        return f"({local} is not None and {test.format(local)})"

    def _closure(self, node: Any, wanted: bool) -> str:
        return f"{self.constant(test_of(node))}(facts) is {wanted}"

    def _local(self, symbol: Any) -> str:
        name = str(symbol.name)
        if name not in self._locals:
            self._locals[name] = (f"f{len(self._locals)}", kind_of(symbol))
        return self._locals[name][0]


def asked_values(conditions: Sequence[Condition]) -> Mapping[str, tuple[Any, ...]]:
    """The values that conditions compare each fact with: where their verdict may change."""
    found: dict[str, dict[Any, None]] = {}
    for condition in conditions:
        for node in _comparisons(condition.tree):
            for name, values in _asked(node):
                found.setdefault(name, {}).update(dict.fromkeys(values))
    return {name: tuple(values) for name, values in found.items()}


def _comparisons(node: Any) -> list[Any]:
    match node:
        case ast.LogicExpression():
            return [found for part in operands(node) for found in _comparisons(part)]
        case ast.UnaryExpression():
            return _comparisons(node.right)
    return [node]


def _asked(node: Any) -> list[tuple[str, list[Any]]]:
    match node:
        case ast.SymbolExpression():
            return [(str(node.name), [True, False])]
        case ast.ContainsExpression():
            member, container = node.member, node.container
            if isinstance(member, ast.SymbolExpression) and not isinstance(container, ast.SymbolExpression):
                return [(str(member.name), [literal_of(each) for each in container.value])]
            if isinstance(container, ast.SymbolExpression) and isinstance(member, ast.LiteralExpressionBase):
                return [(str(container.name), [literal_of(member)])]
        case ast.FuzzyComparisonExpression():
            return []
        case ast.ComparisonExpression():
            sides = (node.left, node.right)
            symbols = [side for side in sides if isinstance(side, ast.SymbolExpression)]
            literals = [
                literal_of(side)
                for side in sides
                if isinstance(side, ast.LiteralExpressionBase) and not isinstance(side, ast.NullExpression)
            ]
            return [(str(symbol.name), literals) for symbol in symbols]
    return []
