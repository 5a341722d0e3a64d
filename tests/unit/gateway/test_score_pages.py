"""Why a lead is worth what it is, as the gateway shows it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from gateway.score_plots import point_bars, score_plot
from shared.contracts import calls
from tests.unit.gateway.conftest import Desk
from tests.unit.gateway.test_campaign_pages import Strict

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEAD = UUID(int=7)
LINES = [
    calls.ExplanationLine(rule="owner", group="fit", points=15, because="decides", evidence={"role": "owner"}, at=NOON),
    calls.ExplanationLine(rule="abroad", group="fit", points=-5, because="far <away>", evidence={"country": "BR"}),
    calls.ExplanationLine(rule="now", group="engagement", points=18, because="wants it", evidence={"timing": "now"}),
]
FOUND = calls.ScoreReply(
    lead_id=LEAD, rank="cold", decision="not_ready", fit=10, engagement=18, score=28, lines=LINES,
    because=["cold: 28 points, warm from 30"], rules_version="abc", scored_at=NOON, as_of=NOON + timedelta(days=2),
    trend="rising", week_ago=10, stage="mql", process="sales", worked_by="call_centre", potential_value=Decimal(96000),
    segments=["large-grain"], next_rank="warm", points_to_next=2,
    bant=[calls.BantAnswer(bar="timing", value="now", met=True, via="screening", by="Ann", at=NOON),
          calls.BantAnswer(bar="budget")],
    group=calls.BuyingGroup(people=2, score=41, roles=["owner"]),
    missing=[calls.Question(answer="acres", best="500", points=12, rank="warm")],
    flips=[calls.Flip(changes=[calls.SupposedFact(fact="budget", value="8000")], decision="qualified", rank="warm",
                      score=36)],
    moves=[calls.StageMove(stage="mql", at=NOON, because="ready as agreed")],
    published=[calls.ScorePoint(at=NOON, score=10, rank="cold"),
               calls.ScorePoint(at=NOON + timedelta(days=1), score=28, rank="cold")],
)  # fmt: skip


def text(desk: Desk, query: str = "") -> str:
    desk.rooms.replies[calls.SCORE] = FOUND
    page = desk.client.get(f"/leads/{LEAD}/score{query}", headers=desk.key("read"))
    assert page.status_code == 200
    Strict().feed(page.text)
    return " ".join(page.text.split())


def test_the_page_tells_every_point_what_is_missing_and_what_would_change_it(desk: Desk) -> None:
    page = text(desk)

    assert "Cold, 28 points" in page
    assert "Not ready for sales, rising. Stage: MQL. Worked by call centre." in page
    assert "far &lt;away&gt; (country BR)" in page
    assert "2 points to warm" in page
    assert "up to +12" in page
    assert "budget 8000: qualified, warm with 36 points" in page
    assert "screening by Ann, 2026-03-02" in page
    assert "2 more people, 41 points: owner" in page
    assert "96,000" in page


def test_a_day_means_its_end_and_nonsense_is_refused(desk: Desk) -> None:
    text(desk, "?as_of=2026-03-02")
    assert desk.rooms.calls[-1] == (
        "qualify.score", {"lead_id": LEAD, "as_of": datetime(2026, 3, 2, 23, 59, 59, 999999, tzinfo=UTC)},
    )  # fmt: skip
    text(desk, "?as_of=2026-03-02T12:00:00+00:00")
    assert desk.rooms.calls[-1][1]["as_of"] == NOON

    refused = desk.client.get(f"/v1/leads/{LEAD}/score?as_of=yesterday", headers=desk.key("read"))
    assert (refused.status_code, refused.json and refused.json["type"]) == (
        422, "urn:leadbus:problem:not_a_moment",
    )  # fmt: skip


def test_bars_stand_on_one_scale_those_against_left_of_zero() -> None:
    bars = point_bars(LINES[:2])

    assert [(bar.x, bar.width) for bar in bars] == [(25.0, 75.0), (0.0, 25.0)]


def test_the_plot_is_a_line_of_steps_with_the_bar_of_the_next_rank() -> None:
    drawn = score_plot(FOUND)

    assert drawn is not None
    assert drawn.path == "M0 25.7H50.0V0.0H100.0V0.0"
    assert drawn.text == "from 10 on 2026-03-02 to 28 on 2026-03-04, between 0 and 28"
