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
}
