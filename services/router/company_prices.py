"""Reads what leads cost."""

from decimal import Decimal

from services.router.domain.price import Price
from shared.company_file import Entry

RANKS = ("hot", "warm", "cold", "future")


def read_price(entry: Entry) -> Price | None:
    """`price: 35`, or by rank `{hot: 60, warm: 35, other: 20}`; None when it is left out. Raises CompanyError."""
    if "price" not in entry.values:
        return None
    if not isinstance(entry.values["price"], dict):
        return Price(other=_amount(entry, "price"))
    listed = entry.child("price")
    listed.only(*RANKS, "other")
    amounts = {name: _amount(listed, name) for name in listed.values}
    other = amounts.pop("other", None)
    return Price(amounts, other)


def _amount(entry: Entry, field: str) -> Decimal:
    return Decimal(str(entry.number(field))).quantize(Decimal("0.01"))
