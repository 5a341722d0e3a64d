"""Which facts a model reads, and in which buckets: as fine as the number of outcomes allows."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from services.qualify.prediction.fields import OTHER, UNKNOWN, Field
from services.qualify.prediction.learning.table import Column, Rows, Table

MOST_BUCKETS = 10
MOST_WORDINGS = 40
#: Outcomes of the rarer kind that each bucket of an amount must have on average.
OUTCOMES_PER_BUCKET = 20
#: A wording that came less often than this, or than this share of all, is one of the others.
LEAST_COUNT = 10
LEAST_SHARE = 0.002


def choose_fields(table: Table, rows: Rows, left_out: Collection[str] = ()) -> tuple[Field, ...]:
    """The fields of a model that learns from these rows. Facts that are always the same teach nothing."""
    fields: list[Field] = []
    for name in sorted(table.columns.keys() - set(left_out)):
        fields += _fields(name, table.columns[name], rows, table.outcomes)
    return tuple(fields)


def _fields(name: str, column: Column, rows: Rows, outcomes: NDArray[np.int8]) -> list[Field]:
    values = column.values[rows]
    match column.kind:
        case "number":
            return _of_amounts(name, values, outcomes[rows])
        case "flag":
            return [Field(name, "flag")] if len(np.unique(values)) > 1 else []
        case "text":
            return _of_wordings(name, column, values, outcomes[rows])
    return _of_items(name, column, values)


def _of_amounts(name: str, values: NDArray[np.float64], won: NDArray[np.int8]) -> list[Field]:
    known = values[~np.isnan(values)]
    if len(known) < LEAST_COUNT:
        return []
    rarer = min(int(won.sum()), int(len(won) - won.sum()))
    wanted = int(np.clip(rarer // OUTCOMES_PER_BUCKET, 2, MOST_BUCKETS))
    quantiles = np.unique(np.quantile(known, np.linspace(0, 1, wanted + 1)[1:-1], method="lower"))
    edges = tuple(float(edge) for edge in quantiles if edge < known.max())
    return [Field(name, "number", edges=edges)] if edges or len(known) < len(values) else []


def _of_wordings(name: str, column: Column, codes: NDArray[np.int32], won: NDArray[np.int8]) -> list[Field]:
    counts = np.bincount(codes[codes >= 0], minlength=len(column.wordings))
    sales = np.bincount(codes[codes >= 0], weights=won[codes >= 0], minlength=len(column.wordings))
    least = max(LEAST_COUNT, LEAST_SHARE * len(codes))
    frequent = [code for code in np.argsort(-counts, kind="stable")[:MOST_WORDINGS] if counts[code] >= least]
    # In the order of their sales, so that a tree can part the better from the worse by one limit.
    rate = float(won.mean())
    frequent.sort(key=lambda code: (sales[code] + rate * LEAST_COUNT) / (counts[code] + LEAST_COUNT))
    words = list(column.wordings)
    field = Field(name, "text", values=tuple(words[code] for code in frequent))
    varies = len(np.unique(buckets_of(field, column)[codes + 1])) > 1
    return [field] if varies else []


def _of_items(name: str, column: Column, codes: NDArray[np.int32]) -> list[Field]:
    counts = np.bincount(codes[codes >= 0], minlength=len(column.wordings))
    least = max(LEAST_COUNT, LEAST_SHARE * len(codes))
    number: dict[str, int] = {}
    for items, code in column.wordings.items():
        for item in items:
            number[item] = number.get(item, 0) + int(counts[code])
    frequent = sorted((item for item in number if least <= number[item] < len(codes)), key=lambda item: -number[item])
    return [Field(name, "item", values=(item,)) for item in frequent[:MOST_WORDINGS]]


def buckets_of(field: Field, column: Column) -> NDArray[np.int64]:
    """The bucket of every wording by its code, shifted by one: that of -1, the unknown, comes first."""
    by_code = [False, True] if column.kind == "flag" else list(column.wordings)
    return np.array([UNKNOWN, *(field.bucket(value) for value in by_code)], dtype=np.int64)


def buckets(table: Table, fields: Sequence[Field], rows: Rows) -> NDArray[np.int64]:
    """The bucket of every field in every row."""
    matrix = np.zeros((len(rows), len(fields)), dtype=np.int64)
    for place, field in enumerate(fields):
        column = table.columns[field.fact]
        values = column.values[rows]
        if field.kind == "number":
            unknown = np.isnan(values)
            matrix[:, place] = np.where(unknown, UNKNOWN, np.searchsorted(field.edges, values, side="left") + 1)
        else:
            matrix[:, place] = buckets_of(field, column)[values + 1]
    return matrix


def numbers(table: Table, fields: Sequence[Field], rows: Rows) -> NDArray[np.float64]:
    """What trees compare in every row: amounts as they are, all else by its bucket; NaN where it is not known."""
    matrix = buckets(table, fields, rows).astype(np.float64)
    matrix[matrix < OTHER] = np.nan
    for place, field in enumerate(fields):
        if field.kind == "number":
            matrix[:, place] = table.columns[field.fact].values[rows]
    return matrix
