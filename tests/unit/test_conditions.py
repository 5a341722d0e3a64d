"""The language of conditions: what it accepts, what it refuses on load, and what a missing fact does."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import rule_engine
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.condition_source import asked_values, compiled
from shared.conditions import Condition, ConditionError

FACTS = {
    "employees": "number", "acres": "number", "state": "text", "role": "text",
    "mailable": "flag", "products": "list", "bought_on": "date",
}  # fmt: skip
IOWA = {
    "employees": 150, "acres": Decimal("80.5"), "state": "IA", "role": "owner",
    "mailable": True, "products": ["grain-dryer"], "bought_on": date(2026, 3, 1),
}  # fmt: skip


def holds(text: str, **facts: Any) -> bool:
    return Condition.parse(text, FACTS).holds(facts)


@pytest.mark.parametrize(
    "text",
    [
        "employees >= 100",
        "employees == 150",
        "100 < employees",
        "employees != 151",
        "acres > 80 and acres < 81",
        "acres == 80.5",
        'state == "IA"',
        'state in ["IA", "IL"]',
        'state not in ["MO"]',
        "employees in [100, 150]",
        '"grain-dryer" in products',
        '"feed-mixer" not in products',
        "state in products or mailable",
        '"own" in role',
        "mailable",
        "not (state == 'MO')",
        "mailable == true",
        "employees / acres > 1.8",
        "-employees < -100",
        "(employees + 50) * 2 == 400",
        "employees - acres > 0",
        'role =~ "own.*"',
        'role =~~ "ner$"',
        'role !~ "man"',
        'bought_on >= d"2026-03-01"',
        'bought_on + t"P30D" > d"2026-03-15"',
        "state != null",
        "state == 'MO' or employees > 100 and mailable",
    ],
)
def test_holds(text: str) -> None:
    assert Condition.parse(text, FACTS).holds(IOWA)


@pytest.mark.parametrize(
    "text",
    [
        "employees < 100",
        'state in ["MO"]',
        "not mailable",
        '"feed-mixer" in products',
        'role =~ "ner"',
        "state == null",
    ],
)
def test_does_not_hold(text: str) -> None:
    assert not Condition.parse(text, FACTS).holds(IOWA)


def test_a_missing_fact_fails_only_the_comparison_that_reads_it() -> None:
    assert holds('employees >= 100 or state == "IA"', state="IA")
    assert holds('employees >= 100 or state == "IA"', state="IA", employees=None)
    assert not holds('employees >= 100 and state == "IA"', state="IA")


def test_of_a_missing_fact_neither_a_comparison_nor_its_opposite_holds() -> None:
    for text in ('state in ["IA"]', 'state not in ["IA"]', 'state == "IA"', 'state != "IA"', "employees < 5",
                 "not employees < 5", 'role =~ "o"', 'role !~ "o"', '"x" in products', '"x" not in products',
                 "employees + 1 > 0", "employees > acres", "mailable == false"):  # fmt: skip
        assert not holds(text), text


def test_a_flag_that_nobody_knows_is_not_set() -> None:
    assert holds("not mailable")
    assert not holds("mailable")


def test_null_asks_whether_a_fact_is_missing() -> None:
    assert holds("employees == null and null == state")
    assert holds("employees != null", employees=0)


def test_a_value_of_the_wrong_type_counts_as_not_comparable() -> None:
    assert not holds("employees >= 100", employees="many")
    assert not holds("employees < 100", employees="many")
    assert not holds("employees > 0", employees=Decimal("NaN"))
    assert not holds("employees / acres > 1", employees=4, acres=0)


def test_a_binary_fraction_is_compared_as_it_is_written() -> None:
    assert holds("acres == 0.1", acres=0.1)


def test_a_naive_date_is_utc() -> None:
    at_noon = datetime(2026, 3, 1, 12)  # noqa: DTZ001
    assert holds('bought_on > d"2026-03-01"', bought_on=at_noon)
    assert holds('bought_on == d"2026-03-01T12:00:00+00:00"', bought_on=at_noon.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        # Each of these kept a process busy for ever, or took its memory, before it was looked at.
        ("1 << 99999999999 > employees", "cannot be used here"),
        ("employees > 9 >> 99999999999", "cannot be used here"),
        ('state == "a" # "\n and 1 << 99999999999 > employees # "', "cannot be used here"),
        (" and ".join(["mailable"] * 5000), "characters, more than"),
        (" or ".join(["mailable"] * 1500), "is too long"),
        ("not " * 3000 + "mailable", "is too long"),
        ("(" * 60 + "mailable" + ")" * 60, "60 brackets within each other"),
        (" + ".join(["employees"] * 200) + " > 1", "calculates more than"),
        ('role =~~ "("', "invalid regular expression"),
        ('role =~~ "(?=x)"', "the regular expression '(?=x)'"),
    ],
)
def test_what_would_keep_a_process_busy_is_refused(text: str, says: str) -> None:
    with pytest.raises(ConditionError) as refused:
        Condition.parse(text, FACTS)

    assert says in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("text", ['role =~~ "(a+)+$"', 'role =~ "(a|a)*b"', 'role =~~ ".*.*.*.*=x"'])
def test_no_text_keeps_a_regular_expression_busy(text: str) -> None:
    condition = Condition.parse(text, FACTS)
    began = time.process_time()

    assert not condition.holds({"role": "a" * 2000 + "!"})
    assert compiled([condition])({"role": "a" * 2000 + "!"}) == []
    assert time.process_time() - began < 0.5


def test_a_quoted_shift_is_a_text() -> None:
    assert holds('state == "<<"', state="<<")


def test_a_long_chain_is_one_question() -> None:
    for word in (" or ", " and "):
        chain = Condition.parse(
            word.join(f"employees {'==' if word == ' or ' else '!='} {n}" for n in range(300)), FACTS
        )

        assert compiled([chain])({"employees": 299}) == ([0] if word == " or " else [])
        assert compiled([chain])({"employees": 301}) == ([] if word == " or " else [0])
        assert set(asked_values([chain])["employees"]) == set(range(300))


def test_names_are_the_facts_that_it_reads() -> None:
    condition = Condition.parse('employees > 5 and (state == "IA" or state == "IL")', FACTS)
    assert condition.names == {"employees", "state"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("emplyees >= 100", "there is no fact 'emplyees', did you mean 'employees'"),
        ("employees >=", "syntax error"),
        ('employees > "3"', "employees is a number"),
        ("state == 3", "a text is compared with a number"),
        ("mailable == 1", "a flag is compared with a number"),
        ('state in ["IA", 3]', "another type"),
        ("state in employees", "mismatch"),
        ('state == "IA" or "IL"', "a yes or no is needed where a text stands"),
        ("state", "a yes or no is needed"),
        ("employees", "a yes or no is needed"),
        ("not state", "a yes or no is needed"),
        ("products == ['a']", "use in"),
        ("state > null", "mismatch"),
        ("bought_on < $now", "$now is not a declared fact"),
        ("products.length > 1", "`.` cannot be used"),
        ("state.as_lower == 'ia'", "`.` cannot be used"),
        ("(employees ?? 0) > 3", "`??` cannot be used"),
        ("mailable ? true : false", "`? :` cannot be used"),
        ("products[0] == 'a'", "cannot be used"),
        ("$sum([1]) > employees", "cannot be used"),
        ("'a' in [p for p in products]", "cannot be used"),
        ("employees & 3 > 1", "cannot be used"),
        ('role =~ "("', "invalid regular expression"),
        ("role =~ state", "written out"),
        ("employees in [1, null]", "where null stands"),
        ("1 / 0 > employees", "division by zero"),
        (True, "put it in quotes"),
        ("", "syntax error"),
    ],
)
def test_refused_on_load(text: Any, says: str) -> None:
    with pytest.raises(ConditionError) as refused:
        Condition.parse(text, FACTS)
    assert says in str(refused.value)


# --- the same answers as rule-engine, where no fact is missing ----------------------------------------

NUMBERS = st.integers(-4, 4).map(str) | st.sampled_from(["0.5", "1.25"])
TEXTS = st.sampled_from(["IA", "IL", "owner", ""]).map(lambda text: f'"{text}"')


def _calculations(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "//", "%"])
    return st.builds("({} {} {})".format, inner, operators, inner) | inner.map("(-{})".format)


_NUMERIC = st.recursive(st.sampled_from(["employees", "acres"]) | NUMBERS, _calculations, max_leaves=4)
_ORDERS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
_FUZZY = st.sampled_from(["=~", "=~~", "!~", "!~~"])
_PATTERNS = st.sampled_from(["o", "n.r", "^I[AL]$"])
_COMPARISONS = st.one_of(
    st.builds("{} {} {}".format, _NUMERIC, _ORDERS, _NUMERIC),
    st.builds("{} {} {}".format, st.sampled_from(["state", "role"]), _ORDERS, TEXTS),
    st.builds("state {} [{}, {}]".format, st.sampled_from(["in", "not in"]), TEXTS, TEXTS),
    st.builds("employees {} {{{}, {}}}".format, st.sampled_from(["in", "not in"]), NUMBERS, NUMBERS),
    st.builds("{} {} products".format, TEXTS, st.sampled_from(["in", "not in"])),
    st.builds('role {} "{}"'.format, _FUZZY, _PATTERNS),
    st.sampled_from(["mailable", "mailable == false", "state == null", "null != employees", "true"]),
)


def _logic(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
    return joined | inner.map("(not {})".format)


CONDITIONS = st.recursive(_COMPARISONS, _logic, max_leaves=5)
COMPLETE = st.fixed_dictionaries(
    {
        "employees": st.integers(-5, 5) | st.sampled_from([0.5, 0.1]),
        "acres": st.integers(-5, 5) | st.decimals(-3, 3, places=2),
        "state": st.sampled_from(["IA", "IL", "MO", ""]),
        "role": st.sampled_from(["owner", "manager", "IA"]),
        "mailable": st.booleans(),
        "products": st.lists(st.sampled_from(["IA", "owner", "x"]), max_size=2),
    }
)
NAMES = ("employees", "acres", "state", "role", "mailable", "products")


def _rule_engine(text: str) -> rule_engine.Rule:
    kinds = rule_engine.DataType
    types = {"employees": kinds.FLOAT, "acres": kinds.FLOAT, "state": kinds.STRING, "role": kinds.STRING,
             "mailable": kinds.BOOLEAN, "products": kinds.ARRAY(kinds.STRING)}  # fmt: skip
    context = rule_engine.Context(type_resolver=rule_engine.type_resolver_from_dict(types))
    return rule_engine.Rule(text, context=context)


@settings(max_examples=150, deadline=None)
@given(CONDITIONS, st.lists(COMPLETE, min_size=5, max_size=5))
def test_agrees_with_rule_engine_where_no_fact_is_missing(text: str, cases: list[dict[str, Any]]) -> None:
    try:
        condition, theirs = Condition.parse(text, FACTS), _rule_engine(text)
    except ConditionError:
        assume(False)
    for facts in cases:
        try:
            expected = theirs.matches(facts)
        except rule_engine.errors.ArithmeticError:
            continue
        assert condition.holds(facts) == expected, (text, facts)


@settings(max_examples=150, deadline=None)
@given(CONDITIONS, COMPLETE, st.sets(st.sampled_from(NAMES)))
def test_never_raises_whatever_is_missing(text: str, facts: dict[str, Any], missing: set[str]) -> None:
    try:
        condition = Condition.parse(text, FACTS)
    except ConditionError:
        return
    known = {name: value for name, value in facts.items() if name not in missing}
    assert condition.holds(known) == condition.holds({**facts, **dict.fromkeys(missing)})


# --- many as one function ------------------------------------------------------------------------------

_ODD = st.none() | st.sampled_from(["IA", 3, 0.1, True, Decimal("NaN"), ("IA",), [], date(2026, 3, 1)])
ANYTHING = st.fixed_dictionaries({}, optional=dict.fromkeys((*NAMES, "bought_on"), _ODD))


def _parsed(texts: list[str]) -> list[Condition]:
    found = []
    for text in texts:
        try:
            found.append(Condition.parse(text, FACTS))
        except ConditionError:
            continue
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(CONDITIONS, max_size=6), st.lists(COMPLETE | ANYTHING, min_size=4, max_size=4))
def test_compiled_conditions_hold_where_each_of_them_holds(texts: list[str], cases: list[dict[str, Any]]) -> None:
    conditions = _parsed(texts)
    holding = compiled(conditions)

    for facts in cases:
        expected = [place for place, condition in enumerate(conditions) if condition.holds(facts)]
        assert holding(facts) == expected, (texts, facts)


def test_texts_of_rules_never_become_code() -> None:
    evil = 'state == "\\"; raise SystemExit #" or state in ["\'+str(1/0)+\'"]'

    assert compiled([Condition.parse(evil, FACTS)])({"state": "IA"}) == []


def test_the_values_that_a_verdict_turns_on_are_told() -> None:
    conditions = [
        Condition.parse(text, FACTS)
        for text in ('employees >= 100 and state in ["IA", "IL"]', "not mailable", '5 < employees or "x" in products')
    ]

    assert asked_values(conditions) == {
        "employees": (100, 5), "state": ("IA", "IL"), "mailable": (True, False), "products": ("x",),
    }  # fmt: skip
