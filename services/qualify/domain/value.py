"""What a lead may be worth to the company: the potential sale, seen through what it wants to sell."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from services.qualify.domain.rules import Overlay, Rules


def potential_value(values: Mapping[str, Any], rules: Rules) -> Decimal | None:
    """The typical sale of the dearest product asked for, times what the strategy makes of it; None: unknown."""
    typical = typical_sale(values, rules)
    if typical is None:
        return None
    for overlay in overlays(values, rules):
        typical *= overlay.times_value
    return typical.quantize(Decimal(1)) if typical == typical.to_integral() else typical


def typical_sale(values: Mapping[str, Any], rules: Rules) -> Decimal | None:
    """What a sale of the dearest product asked for typically brings."""
    wanted = values.get("products", ())
    return max((rules.typical_sale[each] for each in wanted if each in rules.typical_sale), default=None)


def overlays(values: Mapping[str, Any], rules: Rules) -> list[Overlay]:
    """The parts of the strategy that concern this lead."""
    return [overlay for overlay in rules.strategy if overlay.when.holds(values)]
