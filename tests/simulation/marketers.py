"""What screeners and those who make the rules do in the simulated world, and what must be true of it afterwards."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.qualify.company import RULES_FILE
from services.qualify.measuring import measuring_of
from services.qualify.models import Person, Profile, Score
from services.qualify.rulebooks import books_of, digest_of
from services.qualify.usecases import claims, explaining, reports, rules
from shared.contracts import calls
from shared.contracts.errors import WireError
from shared.database.unit_of_work import Transaction
from tests.simulation.world import Crash, World

#: What a draft may change: points, thresholds, what is agreed, whom somebody looks at first.
CHANGES = (
    ('points: 15, when: role == "owner"', 'points: {}, when: role == "owner"', (0, 5, 25)),
    ("ranks: {hot: 55, warm: 30}", "ranks: {{hot: {}, warm: 30}}", (40, 70)),
    ("  score: 45\n", "  score: {}\n", (30, 60)),
    ("and (budget == null or timing == null or role == null)", "and responses >= {}", (1,)),
)


def screen(world: World, company: Path) -> None:
    """A screener takes the next lead, and may say what they found: at once, late, or never."""
    rng, player, books = world.rng, world.players["qualify"], books_of(company)
    by = rng.choice(("ann", "bob"))
    try:
        with player.uow.begin() as tx:
            row = claims.take(tx, by, books.measuring(tx).book, queue=None, lead_id=None)
            claim = (row.lead_id, row.claim) if row is not None and row.claim is not None else None
        if rng.random() < 0.3:
            world.pass_time(timedelta(hours=1))
        if claim is not None and rng.random() < 0.8:
            with player.uow.begin() as tx:
                reports.report(tx, _report(world, by, *claim), books.measuring(tx))
    except (WireError, Crash):
        player.engine.dispose()


def _report(world: World, by: str, lead_id: Any, claim: Any) -> calls.ReportRequest:
    rng = world.rng
    outcome = rng.choice(("qualified", "not_now", "unqualified", "unreachable", "wrong_number"))
    until = (world.time + timedelta(days=rng.randint(2, 40))).date() if outcome == "not_now" else None
    answers = {"budget": rng.choice(("900", "60000")), "timing": rng.choice(("now", "later"))}
    return calls.ReportRequest(
        lead_id=lead_id, claim=claim, by=by, outcome=outcome, until=until, note="said so",
        answers=answers if rng.random() < 0.6 else {},
    )  # type: ignore[arg-type]  # fmt: skip


def make_rules(world: World, company: Path) -> None:
    """A draft is agreed and published, to all or to some; or the newest publication is taken back."""
    # Of what is said at the moment of a publication itself nobody could tell under which rules it was said.
    world.time += timedelta(seconds=1)
    player, books = world.players["qualify"], books_of(company)
    act = world.rng.choice((_publish, _publish, _revert))
    try:
        with player.uow.begin() as tx:
            rules.begin(tx, books=books)
        with player.uow.begin() as tx:
            act(world, tx, company)
    except (WireError, Crash):
        player.engine.dispose()


def _publish(world: World, tx: Transaction, company: Path) -> None:
    rng, books, text = world.rng, books_of(company), (company / RULES_FILE).read_text()
    [(old, new, values)] = rng.choices(CHANGES, (1, 1, 1, 4))
    assert old in text
    text = text.replace(old, new.format(rng.choice(values)), 1)
    for party in ("marketing", "sales"):
        request: Any = {"digest": digest_of(text), "party": party, "by": f"{party}'s head", "text": text}
        rules.approve(tx, calls.ApproveRulesRequest(**request), books=books)
    share = rng.choice((20, 60, 100))
    rules.publish(tx, calls.PublishRulesRequest(digest=digest_of(text), share=share, by="marketing"), books=books)


def _revert(world: World, tx: Transaction, company: Path) -> None:
    rules.revert(tx, calls.RevertRulesRequest(number=None, by="marketing"), books=books_of(company))


# --- what must be true -----------------------------------------------------------------------------------------------


def every_open_lead_is_under_the_rules_that_are_live(world: World, company: Path) -> None:
    """At rest a lead stands as the rules that judge it now say."""
    with world.players["qualify"].uow.begin() as tx:
        for profile in tx.session.scalars(
            select(Profile).where(Profile.closed_at.is_(None), Profile.rank.is_not(None))
        ):
            now = _explained(tx, profile.lead_id, None, company)
            assert (profile.lead_id, profile.rank, profile.decision) == (profile.lead_id, now.rank, now.decision)


def whatever_was_said_can_be_asked_again(world: World, company: Path) -> int:
    """As of the moment at which something was published, it is what was published. Returns how often it was asked.

    Not of those who were taken for one or told apart since: what was known of either is known of both.
    """
    asked = 0
    with world.players["qualify"].uow.begin() as tx:
        merged = select(Person.person_id).where(Person.absorbed != [])
        alone = select(Profile.lead_id).where(
            Profile.person_revision == 0, Profile.closed_at.is_(None), Profile.moved_away == [],
            Profile.person_id.not_in(merged),
        )  # fmt: skip
        said = select(Score).where(Score.lead_id.in_(alone)).order_by(Score.lead_id, Score.revision)
        # Of several things said at one moment, the last stood.
        last = {(row.lead_id, row.scored_at): row for row in tx.session.scalars(said)}
        for (lead_id, at), row in last.items():
            then = _explained(tx, lead_id, at, company)
            assert (then.rules_version, then.score, then.rank, then.decision) == (
                row.rules_version, row.score, row.rank, row.decision,
            ), (lead_id, at)  # fmt: skip
            asked += 1
    return asked


def _explained(tx: Transaction, lead_id: Any, at: Any, company: Path) -> calls.ScoreReply:
    found = explaining.explained(tx, lead_id, at, measuring_of(company)(tx))
    assert found is not None
    return found
