"""People who inquire in the demo: invented, seeded, and as mixed as real ones."""

import random
from dataclasses import dataclass

import zipcodes

FIRST = (
    "Anna", "Ben", "Carla", "Dale", "Erin", "Frank", "Gina", "Hank", "Iris", "Jack", "Karen", "Luis", "Mae", "Nick",
    "Olga", "Pete", "Ruth", "Sam", "Tina", "Vern", "Walt", "Zoë", "José", "Jürgen", "Renée", "Søren", "Maria Elena",
)  # fmt: skip
LAST = (
    "Miller", "Olson", "Schmidt", "Nguyen", "Garcia", "Novak", "Becker", "O'Brien", "van der Berg", "Yoder", "Hansen",
    "Müller", "Peña", "Kowalski", "Johnson", "Larsen", "McDonald", "Stoltzfus", "Fischer", "Petersen", "Ødegård",
)  # fmt: skip
FARMS = ("Farms", "Dairy", "Brothers", "Grain Co.", "Landscaping LLC", "Acres", "Township", "Ranch", "Turf Inc")
STATES = ("IA", "IL", "MO", "WI", "MN", "NE", "KS")
PRODUCTS = ("compact-tractor", "zero-turn-mower", "grain-dryer", "feed-mixer", "spare-parts")


@dataclass(frozen=True)
class Wish:
    """What somebody wants, in the company's own terms."""

    kind: str
    budget: str
    role: str
    timing: str
    acres: str
    industry: str
    interest: str
    message: str


#: Kinds of inquirers and how often they come: few are ready, most look around, some never buy.
WISHES = (
    (13, Wish("ready", "85000", "owner", "now", "1450", "crop", "quote", "Need this before harvest. Please call.")),
    (6, Wish("ready", "42000", "manager", "3m", "600", "livestock", "demo", "Can we see one working?")),
    (22, Wish("looking", "", "owner", "12m", "320", "crop", "literature", "Send me the brochure please")),
    (18, Wish("looking", "15000", "employee", "6m", "80", "landscaping", "literature", "Comparing three brands.")),
    (10, Wish("looking", "", "", "", "", "", "literature", "")),
    (8, Wish("later", "60000", "owner", "later", "900", "crop", "literature", "Not before the year after next")),
    (6, Wish("parts", "300", "employee", "now", "", "landscaping", "dealer_contact", "Belt for a ZT 54")),
    (9, Wish("student", "", "other", "none", "", "student", "literature", "For a school project about farming")),
    (5, Wish("idle", "0", "other", "none", "", "other", "literature", "just looking")),
)


@dataclass(frozen=True)
class Inquirer:
    """One invented person with one wish."""

    number: int
    first: str
    last: str
    email: str
    phone: str
    company: str
    street: str
    city: str
    state: str
    postcode: str
    product: str
    wish: Wish

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.first} {self.last}"


def inquirers(rng: random.Random, count: int, first: int = 0) -> list[Inquirer]:
    """`count` people, numbered from `first`, in towns of the seven states that the dealers cover.

    The same generator gives the same ones.
    """
    towns: dict[str, list[dict[str, str]]] = {state: zipcodes.filter_by(state=state) for state in STATES}  # type: ignore[no-untyped-call]
    places = [place for state in STATES for place in rng.sample(towns[state], 40)]
    return [_inquirer(rng, number, rng.choice(places)) for number in range(first, first + count)]


def _inquirer(rng: random.Random, number: int, place: dict[str, str]) -> Inquirer:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    handle = "".join(letter for letter in f"{first}.{last}".lower() if letter.isascii() and letter not in " '")
    wish = rng.choices([wish for _, wish in WISHES], [weight for weight, _ in WISHES])[0]
    return Inquirer(
        number=number,
        first=first,
        last=last,
        # A domain each: who shares one with others is of their company.
        email=f"{handle}@{rng.choice(('farm', 'acres', 'fields', 'ranch'))}{number}.example",
        phone=f"({rng.choice((515, 309, 573, 608, 507, 402, 785))}) 555-{number % 10000:04}",
        company=f"{last} {rng.choice(FARMS)}" if rng.random() < 0.7 else "",
        street=f"{rng.randint(100, 29900)} {rng.choice(('County Road B', 'Main St', '240th Ave', 'Prairie Ln'))}",
        city=place["city"],
        state=place["state"],
        postcode=place["zip_code"],
        product="spare-parts" if wish.kind == "parts" else rng.choice(PRODUCTS[:4]),
        wish=wish,
    )
