"""A draft is tried and a year of what happened replayed before it counts (N18, C114)."""

from datetime import timedelta

import pytest

from loyalty.models import Happening, LedgerEntry
from loyalty.operations import TierPlan, update_tiers
from loyalty.operations.engagement import note_engagement
from loyalty.operations.happenings import welcome
from loyalty.operations.rules.drafts import save_draft
from loyalty.operations.rules.replays import queue_replay
from loyalty.queries import happenings, tiers
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.dry_run import basket_dry_run
from loyalty.queries.rules.judge import Asked
from loyalty.queries.rules.reading import rules_in, rules_in_force
from tests.loyalty.engagement.test_engagement import START, count
from tests.loyalty.happenings.conftest import FOLLOW, after, person, tell
from tests.loyalty.happenings.test_presents import card
from tests.loyalty.rules.conftest import RATE, bonus, put


def drafted(*bonuses, now=START):
    return save_draft(rules=Rules(rate=RATE, bonuses=bonuses), actor=None, now=now)


def asked(who, kind="follow"):
    return Asked(eligible_rial=9_000_000, at=START, customer_id=who, happened=kind)


def test_a_dry_run_tells_what_this_customer_would_get_and_writes_nothing(sara):
    draft = drafted(after(points=30, budget_rial=7_000), card(), bonus("times", 5))
    told = basket_dry_run(asked(sara), rules_in(draft))
    assert (told.today.points, told.draft.points) == (0, 7)
    assert [one.presents for one in told.draft.presents] == [1]
    assert len(told.draft.parts) == 2
    nobody = basket_dry_run(asked(None), rules_in(draft)).draft
    assert {str(one.verdict) for one in nobody.parts} == {"stranger"}
    assert not Happening.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_n18_replaying_the_rules_in_force_yields_what_was_given(sara, replayed):
    """N18: every thing that happened, to the point, with shares and budget from the beginning."""
    put(
        after("follow", points=30, budget_rial=100_000),
        after("follow", "joined", points=7, customer_cap_points=9, when={"bought_rial": 0}),
        now=START - timedelta(days=30),
    )
    other = person("09120000002", at=START - timedelta(days=20))
    joined = START - timedelta(days=20)
    welcome(customer_id=other, joined_at=joined, now=joined)
    for n in range(6):
        tell((sara, other)[n % 2], f"f-{n}", START - timedelta(days=12 - n))
    _version, rules = rules_in_force() or (None, Rules(rate=RATE))
    draft = drafted(*rules.bonuses)
    queue_replay(draft_id=draft.id, actor=None, now=START + timedelta(days=1))
    report = replayed(START + timedelta(days=1)).report
    assert report["happened"] == 7
    assert (report["posted"], report["differ"]) == (7, 0)
    gave = sum(Happening.objects.values_list("points", flat=True))
    assert report["old_points"] == report["new_points"] == gave


@pytest.mark.parametrize("page", [1, 2, 2_000])
def test_n18_a_draft_tells_who_would_have_got_how_many_and_what_it_costs(
    sara, replayed, monkeypatch, page
):
    monkeypatch.setattr(happenings, "PAGE", page)
    count(kind=FOLLOW, points=0, at=START - timedelta(days=40))
    put(after("review", points=1), now=START - timedelta(days=40))
    other = person("09120000002", at=START - timedelta(days=20))
    for n, (who, days) in enumerate([(sara, 9), (sara, 5), (other, 3)]):
        note_engagement(
            customer_id=who, kind=FOLLOW, reference=f"x-{n}", now=START - timedelta(days=days)
        )
    draft = drafted(
        after("follow", points=30, customer_cap_points=40, name="دنبال"),
        after("joined", points=5, name="پیوستن"),
    )
    queue_replay(draft_id=draft.id, actor=None, now=START + timedelta(days=1))
    done = replayed(START + timedelta(days=1))
    report = done.report
    assert (report["purchases"], report["happened"], done.total) == (0, 4, 4)
    told = {one["name"]: one for one in report["rules"]}
    assert (told["دنبال"]["points"], told["دنبال"]["purchases"]) == (70, 3)
    assert told["دنبال"]["cost_rial"] == 70 * report["unit_rial"]
    assert told["پیوستن"]["points"] == 5
    assert {one["customer"]: one["points"] for one in report["top_gain"]} == {
        str(sara): 40,
        str(other): 35,
    }
    assert report["forecast"]["enough"] is False


def test_levels_in_a_replay_are_those_of_the_last_purchase_before(sell, sara):
    plans = [TierPlan("یک", 0), TierPlan("دو", 900_000), TierPlan("سه", 10**12)]
    update_tiers(plans=plans, actor=None, now=START)
    low, high, _highest = tiers()
    at = START - timedelta(days=9)
    sell(1_000_000, at=at)
    sell(1_000_000, at=at + timedelta(days=2))
    moments = {(sara, at - timedelta(1)): low.id, (sara, START): high.id}
    assert happenings._levels(moments) == moments
