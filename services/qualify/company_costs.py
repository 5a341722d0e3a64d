"""Reads what things cost and bring: sections `typical_sale` and `print_cost` of rules.yml."""

from decimal import Decimal
from typing import get_args

from services.qualify.company_conditions import chosen
from services.qualify.company_entry import Entry
from shared.contracts.people import Rank


def read_typical_sale(root: Entry) -> dict[str, Decimal]:
    """What a sale of each product typically brings."""
    entry = root.entry("typical_sale")
    return {product: entry.amount(product) for product in entry.fields()}


def read_print_cost(root: Entry) -> dict[str, Decimal]:
    """What printed matter costs for a lead of each rank that gets any; empty where nobody says."""
    if not root.has("print_cost"):
        return {}
    entry = root.entry("print_cost")
    return {chosen(entry, "print_cost", rank, get_args(Rank)): entry.amount(rank) for rank in entry.fields()}
