"""Who may sign in to the portal, whose leads they work and whom they manage."""

from services.router.domain.owner import Colleague, Owner
from services.router.domain.visitor import Visitor, visitor_of


def owner(owner_id: str, **over: object) -> Owner:
    values = {"kind": "dealer", "name": owner_id.title(), "email": f"sales@{owner_id}.example"}
    return Owner(owner_id=owner_id, **{**values, "manager_email": "north@maker.example", **over})  # type: ignore[arg-type]


ANN, BOB = Colleague("Ann Lee", "Ann@ames.example"), Colleague("Bob", "bob@ames.example", "manager")
OWNERS = {
    one.owner_id: one
    for one in (
        owner("ames", people=(ANN, BOB)),
        owner("boone", parent="ames"),
        owner("clive", parent="boone", manager_email="south@maker.example"),
        owner("dows", manager_email="South@Maker.example"),
    )
}


def test_an_owners_address_works_their_leads_and_manages_their_sub_dealers() -> None:
    assert visitor_of("SALES@ames.example ", OWNERS) == Visitor(
        "sales@ames.example", "Ames", ("ames",), ("boone", "clive")
    )


def test_their_people_work_the_same_leads_and_their_managers_manage_too() -> None:
    assert visitor_of("ann@ames.example", OWNERS) == Visitor("ann@ames.example", "Ann Lee", ("ames",), ())
    assert visitor_of("bob@ames.example", OWNERS) == Visitor("bob@ames.example", "Bob", ("ames",), ("boone", "clive"))


def test_a_manager_of_the_company_sees_their_region_and_works_nothing() -> None:
    found = visitor_of("south@maker.example", OWNERS)

    assert found == Visitor("south@maker.example", "south@maker.example", (), ("clive", "dows"))
    assert found.sees("dows")
    assert not found.sees("ames")


def test_who_is_not_in_the_file_is_nobody() -> None:
    assert [visitor_of(address, OWNERS) for address in ("x@ames.example", "", "sales@ames.example,x@y.example")] == [
        None
    ] * 3
