"""A made-up lead, with something in every field: for trials of deliveries."""

from typing import Any

from services.router.domain import package

MESSAGE = "This is a trial of the delivery. Nobody waits for a call; please delete it."


def specimen(at: str) -> dict[str, Any]:
    """The package of a lead that nobody sent."""
    response = {
        "received_at": at, "source": "trial", "campaign": "trial", "channel": "web", "medium": "trial",
        "products": ["trial-product"], "message": MESSAGE, "answers": {"question": "answer"},
    }  # fmt: skip
    return package.package(
        assignment={
            "occasion": "manual", "territory": "trial", "because": "a trial of the delivery", "assigned_at": at,
            "clock": "accept", "due_at": at, "status": "assigned",
        },
        person={
            "name": "Test Delivery", "given_name": "Test", "family_name": "Delivery", "company": "Leadbus Test",
            "job_title": "Trial", "phone": "+12025550100", "email": "test.delivery@leadbus.example",
            "website": "https://leadbus.example", "language": "en",
            "address": {
                "lines": ["1 Trial Street"], "city": "Ames", "state": "IA", "postcode": "50010", "country": "US",
            },
        },
        responses=[response],
        score={"score": 50, "rank": "warm", "lines": []},
        verdict={"rank": "warm", "because": ["a trial"], "bant": {"need": "a trial"}, "potential_value": None},
        previous=None,
        fulfilment=[],
    )  # fmt: skip
