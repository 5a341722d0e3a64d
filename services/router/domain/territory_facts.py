"""What the conditions of territories may ask of a lead."""

from shared.conditions import FactType

FACTS: dict[str, FactType] = {
    "country": "text",
    "state": "text",
    "county": "text",
    "city": "text",
    "postcode": "text",
    "language": "text",
    "company": "text",
    "products": "list",
    "source": "text",
    "channel": "text",
    "medium": "text",
    "campaign": "text",
    "rank": "text",
    "score": "number",
    "potential_value": "number",
    "industry": "text",
    #: The company's definition of sales-ready that the lead met, parts of the market, and of the strategy.
    "process": "text",
    "segments": "list",
    "overlays": "list",
}
