"""Rules are proposed, approved by marketing and by sales, published to a share or to all, and reverted in one step."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.qualify import service
from services.qualify.models import Profile, RulePublication, Score
from services.qualify.rulebooks import digest_of
from services.qualify.usecases.reassessing import AT_ONCE
from shared.contracts.errors import ContractViolation, NotAllowed
from shared.contracts.qualify import LeadScored, RulesPublished
from tests.acceptance.qualify.conftest import COMPANY
from tests.acceptance.qualify.rule_desk import RuleDesk, leads
from tests.integration.qualify.told import won
from tests.played_room import PlayedRoom

RULES = (COMPANY / "rules.yml").read_text()
#: One change that moves leads: the owner counts for nothing.
OWNER, NO_OWNER = 'points: 15, when: role == "owner"', 'points: 0, when: role == "owner"'


@pytest.fixture
def desk(room_database: Callable[[str], str], tmp_path: Path) -> Iterator[RuleDesk]:
    """The room after its first start, with the example company's rules live."""
    desk = RuleDesk.on(room_database("qualify"), tmp_path, RULES)
    yield desk
    desk.room.engine.dispose()


def scores(desk: RuleDesk) -> dict[Any, tuple[Any, ...]]:
    """What every lead is now."""
    return {row["lead_id"]: (row["score"], row["rank"], row["decision"]) for row in desk.room.rows(Profile)}


@pytest.mark.requirement("QUA-4", "QUA-11")
def test_the_first_start_publishes_what_both_parties_agreed_to_in_the_file(desk: RuleDesk) -> None:
    desk.room.start()  # and a second start changes nothing

    shown = desk.shown()
    assert (shown.live.version, shown.live.state, shown.draft) == (digest_of(RULES)[:12], "live", None)
    assert {each.party for each in shown.live.approvals} == {"marketing", "sales"}
    assert [each.kind for each in shown.publications] == ["first"]
    told = desk.room.published(RulesPublished)
    assert [(each.number, each.share, sorted(each.approved_by)) for each in told] == [(1, 100, ["marketing", "sales"])]


@pytest.mark.requirement("QUA-4", "SCO-8")
def test_a_changed_file_is_a_draft_and_judges_nobody(desk: RuleDesk) -> None:
    told = leads(20)
    desk.room.hear(*told[:10])
    desk.write(OWNER, NO_OWNER)
    again = PlayedRoom.on(str(desk.room.engine.url.render_as_string(False)), service.room(desk.folder))
    again.hear(*told[10:])

    assert {row["rules_version"] for row in desk.room.rows(Score)} == {digest_of(RULES)[:12]}
    shown = desk.shown()
    assert shown.draft is not None
    assert (shown.draft.state, shown.draft.missing) == ("draft", ["marketing", "sales"])
    assert [f"{each.section} {each.entry} {each.words}" for each in shown.changes] == [
        "points owner counts 0 points instead of 15"
    ]
    again.engine.dispose()


@pytest.mark.requirement("QUA-4", "SCO-8")
def test_with_both_approvals_the_draft_is_published_and_open_leads_are_assessed_anew(desk: RuleDesk) -> None:
    told = leads(AT_ONCE + 30)
    closed = told[0]
    desk.room.hear(*told)
    desk.room.hear(won(closed, desk.room.clock.now()))
    before = scores(desk)
    desk.write(OWNER, NO_OWNER)
    desk.agree_and_publish()

    expected = freshly_scored(desk, told)
    after = scores(desk)
    assert after[closed.lead_id] == before[closed.lead_id]
    assert {k: v for k, v in after.items() if k != closed.lead_id} == {
        k: v for k, v in expected.items() if k != closed.lead_id
    }
    assert after != before
    run = desk.shown().reassessment
    assert run is not None
    assert run.done == len(told) - 1
    assert run.changed == sum(after[each] != before[each] for each in after) > 0
    moved = [each for each in desk.room.published(LeadScored) if each.rules_version == digest_of(desk.text)[:12]]
    assert len(moved) == run.changed
    told_of = desk.room.published(RulesPublished)[-1]
    assert (told_of.kind, told_of.approved_by) == (
        "publish",
        {"marketing": "marketing's head", "sales": "sales's head"},
    )
    assert told_of.changes == ['points "owner": counts 0 points instead of 15']


def freshly_scored(desk: RuleDesk, told: list[Any]) -> dict[Any, tuple[Any, ...]]:
    """What a room would say that never knew other rules: worked out by the domain itself."""
    from services.qualify import memory
    from services.qualify.domain.decision import assess
    from services.qualify.models import Person

    rules = desk.books.rules_of(desk.text)
    found: dict[Any, tuple[Any, ...]] = {}
    with desk.room.uow.begin() as tx:
        for each in told:
            profile = tx.get(Profile, each.lead_id)
            assert profile is not None
            assessed = assess(memory.history_of(profile, tx.get(Person, each.person_id)), rules, tx.now)
            assert assessed is not None
            found[each.lead_id] = (assessed.score, assessed.rank, assessed.decision)
    return found


@pytest.mark.requirement("QUA-4")
@pytest.mark.parametrize("given", [(), ("marketing",), ("sales",)])
def test_without_both_approvals_nothing_is_published_and_it_says_whose_is_missing(
    desk: RuleDesk, given: tuple[str, ...]
) -> None:
    desk.write(OWNER, NO_OWNER)
    for party in given:
        desk.approve(party)

    with pytest.raises(NotAllowed) as refused:
        desk.publish()
    for party in {"marketing", "sales"} - set(given):
        assert party in str(refused.value)
    for party in given:
        assert party not in str(refused.value).split("cannot")[1]
    assert len(desk.room.rows(RulePublication)) == 1


@pytest.mark.requirement("QUA-4")
def test_a_changed_character_needs_new_approvals(desk: RuleDesk) -> None:
    desk.write(OWNER, NO_OWNER)
    desk.approve("marketing")
    desk.approve("sales")
    approved = digest_of(desk.text)
    desk.write("a brochure is no sign of buying", "a brochure is no sign of buying.")

    with pytest.raises(NotAllowed, match="marketing and sales have not approved"):
        desk.publish()
    with pytest.raises(NotAllowed, match="the text was changed since it was shown"):
        desk.approve("sales", digest=digest_of(RULES + "# shown before"))
    desk.publish(digest=approved)  # what was approved may still be published, as it was approved

    assert desk.shown().live.digest == approved


@pytest.mark.requirement("QUA-4")
def test_nobody_approves_for_both_parties(desk: RuleDesk) -> None:
    desk.write(OWNER, NO_OWNER)
    desk.approve("marketing", by="Mara")
    desk.approve("marketing", by="Mara")  # saying it twice changes nothing

    with pytest.raises(NotAllowed, match="sales needs somebody else's approval"):
        desk.approve("sales", by="Mara")
    desk.approve("sales", by="Sam")
    assert len(desk.shown().draft.approvals) == 2  # type: ignore[union-attr]


BYPASSES = {
    "a publication without approvals": "INSERT INTO rule_publication VALUES "
    "(2, '{draft}', 'publish', 100, 'x', now(), 'marketing', 'sales')",
    "a publication that names one party twice": "INSERT INTO rule_publication VALUES "
    "(2, '{draft}', 'publish', 100, 'x', now(), 'marketing', 'marketing')",
    "a text changed under its approvals": "UPDATE rule_set SET text = text || ' ' WHERE digest = '{live}'",
    "a publication moved to another text": "UPDATE rule_publication SET digest = '{draft}'",
    "an approval taken away from what is published": "DELETE FROM rule_approval WHERE digest = '{live}'",
    "one person as both parties": "INSERT INTO rule_approval "
    "VALUES ('{draft}', 'marketing', 'Sam', 'sales''s head', now())",
    "an approval by a third party": "INSERT INTO rule_approval VALUES ('{draft}', 'finance', 'Fred', 'Fred', now())",
}


@pytest.mark.requirement("QUA-4")
@pytest.mark.parametrize("way", BYPASSES)
def test_the_database_itself_refuses_every_way_around_the_approvals(desk: RuleDesk, way: str) -> None:
    draft = desk.write(OWNER, NO_OWNER)
    desk.approve("sales")

    with pytest.raises(DBAPIError), desk.room.engine.begin() as connection:
        connection.execute(text(BYPASSES[way].format(draft=draft, live=digest_of(RULES))))
    assert desk.shown().live.digest == digest_of(RULES)


@pytest.mark.requirement("QUA-4")
def test_a_text_that_is_no_rules_can_neither_be_approved_nor_shown_as_a_draft(desk: RuleDesk) -> None:
    broken = RULES.replace("points: 15", "points: many", 1)
    with pytest.raises(ContractViolation, match=r'rules\.yml, line \d+: points "owner": points is'):
        desk.approve("sales", digest=digest_of(broken), text=broken)
    (desk.folder / "rules.yml").write_text(broken)

    shown = desk.shown()
    assert shown.draft is None
    assert "points is 'many', not a whole number" in (shown.problem or "")


@pytest.mark.requirement("SCO-8")
def test_a_share_comes_first_and_who_is_in_stays_in(desk: RuleDesk) -> None:
    told = leads(200)
    desk.room.hear(*told)
    desk.write(OWNER, NO_OWNER)
    trial = digest_of(desk.text)[:12]
    inside: list[set[Any]] = []
    for share in (10, 40, 100):
        if share == 10:
            desk.agree_and_publish(share)
        else:
            desk.publish(share)
            desk.settle()
        book = desk.book()
        inside.append({each.lead_id for each in told if book.rules_for(each.lead_id).version == trial})

    assert 8 <= len(inside[0]) <= 35
    assert 60 <= len(inside[1]) <= 100
    assert inside[0] < inside[1] < inside[2] == {each.lead_id for each in told}


@pytest.mark.requirement("SCO-8")
def test_during_a_trial_new_leads_are_judged_by_their_share_and_it_can_only_grow(desk: RuleDesk) -> None:
    desk.write(OWNER, NO_OWNER)
    desk.agree_and_publish(30)
    told = leads(120, seed=9)
    desk.room.hear(*told)

    by = [row["rules_version"] for row in desk.room.rows(Score)]
    assert {digest_of(RULES)[:12], digest_of(desk.text)[:12]} == set(by)
    assert 20 <= by.count(digest_of(desk.text)[:12]) <= 55
    with pytest.raises(NotAllowed, match="raise the share, or revert"):
        desk.publish(20)
    first_trial = digest_of(desk.text)
    desk.write(NO_OWNER, 'points: 1, when: role == "owner"')
    desk.approve("marketing")
    desk.approve("sales")
    with pytest.raises(NotAllowed, match=f"{first_trial[:12]} is on trial with 30 %"):
        desk.publish()


@pytest.mark.requirement("SCO-8")
@pytest.mark.parametrize("share", [100, 40])
def test_a_revert_restores_every_decision_in_one_step(desk: RuleDesk, share: int) -> None:
    told = leads(80)
    desk.room.hear(*told)
    before = scores(desk)
    desk.write(OWNER, NO_OWNER)
    desk.agree_and_publish(share)
    assert scores(desk) != before

    desk.revert()
    desk.settle()

    assert scores(desk) == before
    shown = desk.shown()
    assert (shown.live.digest, shown.trial) == (digest_of(RULES), None)
    assert [each.kind for each in shown.publications] == ["revert", "publish", "first"]
    with pytest.raises(NotAllowed, match="nothing before"):
        desk.revert()


@pytest.mark.requirement("SCO-8")
def test_a_second_click_on_revert_does_not_revert_twice(desk: RuleDesk) -> None:
    for points in (1, 2):
        desk.write(
            "points: 15, when: role" if points == 1 else "points: 1, when: role", f"points: {points}, when: role"
        )
        desk.agree_and_publish()
    desk.revert(number=3)
    with pytest.raises(NotAllowed, match="publication 3 is not the newest any more"):
        desk.revert(number=3)
    assert [each.number for each in desk.shown().publications] == [4, 3, 2, 1]


@pytest.mark.requirement("SCO-8")
def test_the_history_tells_which_rules_a_lead_was_under_at_any_moment(desk: RuleDesk) -> None:
    lead = leads(1)[0]
    first, moments, expected = digest_of(RULES)[:12], [], []
    for share in (30, 100):
        desk.room.clock.forward(hours=1)
        if share == 30:
            desk.write(OWNER, NO_OWNER)
            desk.agree_and_publish(share)
        else:
            desk.publish(share)
        book = desk.book()
        moments.append(desk.room.clock.now())
        expected.append(book.rules_for(lead.lead_id).version)
    desk.room.clock.forward(hours=1)
    desk.revert()

    book = desk.book()
    start = desk.room.clock.now().replace(year=2020)
    assert [book.rules_at(lead.lead_id, at).version for at in moments] == expected
    assert book.rules_at(lead.lead_id, start).version == first
    assert book.rules_at(lead.lead_id, desk.room.clock.now()).version == first == book.rules_for(lead.lead_id).version
