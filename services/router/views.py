"""The router's own values as other rooms know them."""

from services.router.domain.choice import Choice
from services.router.domain.owner import Owner
from shared.contracts import people, router


def contract_owner(owner: Owner) -> people.Owner:
    """An owner without what is nobody else's business: secrets, addresses of deliveries, the manager."""
    return people.Owner(
        owner_id=owner.owner_id,
        kind=owner.kind,
        name=owner.name,
        email=owner.email,
        phone=owner.phone,
        website=owner.website,
        region=owner.region,
    )


def contract_candidates(choice: Choice) -> list[router.Candidate]:
    """The explanation of a choice."""
    return [router.Candidate(**vars(candidate)) for candidate in choice.candidates]
