"""Gift cards: held, spent, stopped; money of a returned sale goes home (R24)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Problem
from core.ids import new_id
from customers.operations import record_purchases, record_return
from loyalty.models import GiftCard, GiftCardUse, Lot
from loyalty.operations import sweep_business, update_program
from loyalty.operations.gift_cards import (
    commit_gift_card,
    release_gift_card,
    reserve_gift_card,
    resume_gift_card,
    stop_gift_card,
    take_back_issue,
)
from loyalty.queries.returned import cumulative
from tests.loyalty.gift_cards.conftest import LAST_DAY, code_of, left_on, moved, refused, sale_with

MINUTE = timedelta(minutes=1)


def end_of_card() -> datetime:
    end = GiftCard.objects.get().expires_at
    assert end is not None
    return end


def back(outcome, rial, now, number=None):
    record_return(
        purchase_id=outcome.purchase_id,
        external_id=number or str(new_id()),
        amount_rial=rial,
        now=now,
    )


# --- paying ---------------------------------------------------------------------------------------


def test_selling_a_card_earns_nothing_and_paying_with_it_earns(issue, pay):
    """Rule R4: what a customer paid for once earns once, when it is spent."""
    [code] = issue().codes
    assert not Lot.objects.exists()
    outcome = pay(1_000_000, code)
    assert outcome.error is None
    assert Lot.objects.get(id=outcome.purchase_id).base_rial == 1_000_000


def test_a_gift_of_the_business_earns_nothing(issue, pay):
    """Rule R4: the part paid by a promotional card is outside the base."""
    [code] = issue(400_000, paid_by="nothing", last_day=LAST_DAY).codes
    outcome = pay(1_000_000, code)
    assert Lot.objects.get(id=outcome.purchase_id).base_rial == 600_000


def test_the_programme_may_say_that_cards_earn_nothing(issue, pay, now):
    """Rule R4: for sold cards the programme decides."""
    update_program(changes={"gift_cards_earn": False}, actor=None, now=now)
    [code] = issue().codes
    outcome = pay(1_500_000, code)
    assert Lot.objects.get(id=outcome.purchase_id).base_rial == 500_000


def test_a_card_is_spent_in_parts_and_becomes_sales(issue, pay):
    """Complaint 4.10."""
    issued = issue()
    pay(300_000, issued.codes[0])
    pay(900_000, issued.codes[0])
    assert left_on(issued) == 0
    assert moved("sales") == -1_000_000
    assert moved("gift_cards") == 0


def test_more_than_there_is_is_a_conflict(issue, now):
    """Rule R41."""
    [code] = issue().codes
    with pytest.raises(Problem) as caught:
        reserve_gift_card(code=code, most_rial=1_000_001, exact=True, now=now)
    assert (caught.value.code, caught.value.extra) == (
        "insufficient_gift_card",
        {"available_rial": 1_000_000},
    )


def test_an_empty_card_pays_nothing(issue, pay, now):
    [code] = issue().codes
    pay(1_000_000, code)
    wanted = {"code": code, "most_rial": 5, "exact": False, "now": now}
    assert refused(reserve_gift_card, **wanted) == "insufficient_gift_card"


def test_a_hold_runs_out_and_its_money_comes_back(issue, now):
    """Rule R43."""
    issued = issue()
    use = reserve_gift_card(code=issued.codes[0], most_rial=10**6, exact=True, now=now)
    assert left_on(issued) == 0
    sweep_business(now=now + 14 * MINUTE)
    assert left_on(issued) == 0
    sweep_business(now=now + 15 * MINUTE)
    assert left_on(issued) == 1_000_000
    assert GiftCardUse.objects.get(id=use.id).state == "expired"


def test_an_overdue_hold_stands_in_nobodys_way_before_the_sweeper(issue, now):
    [code] = issue().codes
    reserve_gift_card(code=code, most_rial=10**6, exact=True, now=now)
    again = reserve_gift_card(code=code, most_rial=10**6, exact=True, now=now + 16 * MINUTE)
    assert again.amount_rial == 1_000_000


def test_a_late_sale_takes_the_money_again_if_it_is_there(issue, now):
    """Rule R43."""
    issued = issue()
    use = reserve_gift_card(code=issued.codes[0], most_rial=700_000, exact=True, now=now)
    late = now + 20 * MINUTE
    sweep_business(now=late)
    new = sale_with(700_000, [(use.id, 700_000)])
    [outcome] = record_purchases(purchases=[new], source="till", now=late)
    assert outcome.error is None
    assert left_on(issued) == 300_000


def test_a_late_sale_whose_money_is_gone_is_refused(issue, pay, now):
    """Rule R43."""
    issued = issue()
    use = reserve_gift_card(code=issued.codes[0], most_rial=700_000, exact=True, now=now)
    late = now + 20 * MINUTE
    pay(900_000, issued.codes[0], at=late)
    new = sale_with(700_000, [(use.id, 700_000)])
    [outcome] = record_purchases(purchases=[new], source="till", now=late)
    assert code_of(outcome) == "insufficient_gift_card"
    assert left_on(issued) == 100_000


def test_a_sale_cannot_name_what_was_never_held_or_another_amount(issue, acting, now):
    [code] = issue().codes
    use = reserve_gift_card(code=code, most_rial=500_000, exact=True, now=now)
    tries = [sale_with(10**6, [(new_id(), 10**6)]), sale_with(10**6, [(use.id, 400_000)])]
    outcomes = record_purchases(purchases=tries, source="till", now=now)
    assert [code_of(one) for one in outcomes] == ["nothing_held", "gift_card_amount"]
    release_gift_card(use_id=use.id, now=now)
    gone = sale_with(10**6, [(use.id, 500_000)])
    [outcome] = record_purchases(purchases=[gone], source="till", now=now)
    assert code_of(outcome) == "hold_released"


def test_a_bad_row_of_a_batch_leaves_the_others_alone(issue, now):
    [code] = issue().codes
    use = reserve_gift_card(code=code, most_rial=500_000, exact=True, now=now)
    news = [sale_with(10**6, [(new_id(), 10**6)]), sale_with(10**6, [(use.id, 500_000)])]
    bad, good = record_purchases(purchases=news, source="till", now=now)
    assert code_of(bad) == "nothing_held"
    assert good.error is None
    assert GiftCardUse.objects.get().state == "committed"


def test_the_same_sale_twice_spends_once(issue, now):
    """Rule R42."""
    issued = issue()
    use = reserve_gift_card(code=issued.codes[0], most_rial=500_000, exact=True, now=now)
    new = sale_with(10**6, [(use.id, 500_000)])
    first, again = (record_purchases(purchases=[new], source="till", now=now)[0] for _ in "ab")
    assert again.replayed
    assert again.purchase_id == first.purchase_id
    assert left_on(issued) == 500_000
    other = sale_with(10**6, [(use.id, 500_000)])
    [stolen] = record_purchases(purchases=[other], source="till", now=now)
    assert code_of(stolen) == "hold_spent"


def test_held_money_is_spent_or_released_never_both(issue, now, pay):
    [code] = issue().codes
    outcome = pay(300_000, code)
    use = GiftCardUse.objects.get()
    assert commit_gift_card(use_id=use.id, purchase_id=outcome.purchase_id, now=now) == use
    assert refused(release_gift_card, use_id=use.id, now=now) == "gift_card_spent"


# --- its date, a stop ----------------------------------------------------------------------------


def test_past_its_date_a_card_pays_nothing_though_no_job_ran(issue, now):
    """Rule R11."""
    issued = issue(last_day=LAST_DAY)
    last = end_of_card() - timedelta(microseconds=1)
    wanted = {"code": issued.codes[0], "most_rial": 1_000, "exact": True}
    assert reserve_gift_card(**wanted, now=last).amount_rial == 1_000
    assert refused(reserve_gift_card, **wanted, now=last + MINUTE) == "gift_card_expired"


def test_what_nobody_used_in_time_is_income_once(issue, pay):
    issued = issue(last_day=LAST_DAY)
    pay(400_000, issued.codes[0])
    end = end_of_card()
    for _twice in range(2):
        sweep_business(now=end)
    assert left_on(issued) == 0
    assert moved("breakage") == -600_000
    assert moved("gift_cards") == 0


def test_a_stopped_card_keeps_its_money(issue, now):
    issued = issue()
    [card_id] = issued.card_ids
    assert (
        refused(stop_gift_card, card_id=card_id, reason=" ", actor=None, now=now)
        == "reason_missing"
    )
    stop_gift_card(card_id=card_id, reason="گم شد", actor=None, now=now)
    wanted = {"code": issued.codes[0], "most_rial": 1_000, "exact": True, "now": now}
    assert refused(reserve_gift_card, **wanted) == "gift_card_not_active"
    resume_gift_card(card_id=card_id, actor=None, now=now)
    assert reserve_gift_card(**wanted).amount_rial == 1_000


# --- returns --------------------------------------------------------------------------------------


def test_a_return_gives_the_cards_part_back_to_the_card(issue, pay, now):
    """Rule R24: 300,000 of a million by card; half of the goods back, half of that on the card."""
    issued = issue(300_000)
    outcome = pay(1_000_000, issued.codes[0])
    back(outcome, 500_000, now)
    assert left_on(issued) == 150_000
    assert moved("refunds") == 150_000
    back(outcome, None, now)
    assert left_on(issued) == 300_000
    assert moved("gift_cards") == -300_000


def test_parts_of_a_return_sum_exactly(issue, pay, now):
    """Rule R24: 100,001 rial by card, three equal parts of 999,999 back: nothing is lost."""
    issued = issue(100_001)
    outcome = pay(999_999, issued.codes[0])
    parts = []
    for _third in range(3):
        before = left_on(issued)
        back(outcome, 333_333, now)
        parts.append(left_on(issued) - before)
    assert parts == [33_333, 33_334, 33_334]


def test_the_same_return_twice_gives_back_once(issue, pay, now):
    issued = issue(300_000)
    outcome = pay(1_000_000, issued.codes[0])
    for _twice in range(2):
        back(outcome, 500_000, now, "one")
    assert left_on(issued) == 150_000


def test_money_back_after_the_cards_date_is_good_for_days_of_grace(issue, pay):
    """Rules R15 and R24."""
    issued = issue(last_day=LAST_DAY)
    outcome = pay(1_000_000, issued.codes[0])
    late = end_of_card() + timedelta(days=3)
    sweep_business(now=late)
    back(outcome, 400_000, late)
    again = {"code": issued.codes[0], "most_rial": 10**6, "exact": False}
    use = reserve_gift_card(**again, now=late + timedelta(days=29))
    assert use.amount_rial == 400_000
    release_gift_card(use_id=use.id, now=late + timedelta(days=29))
    assert refused(reserve_gift_card, **again, now=late + timedelta(days=32)) == "gift_card_expired"


@given(
    by_card=st.integers(1, 10**9),
    cash=st.integers(0, 10**9),
    cuts=st.lists(st.integers(1, 10**9), min_size=1, max_size=6),
)
def test_any_split_of_a_return_brings_the_card_back_to_where_it_was(by_card, cash, cuts):
    """Rule R24, the arithmetic alone: parts are never negative and sum to the card's part."""
    total, so_far, given_back = by_card + cash, 0, 0
    for cut in [*cuts, total]:
        so_far = min(total, so_far + cut)
        part = cumulative(by_card, so_far, total) - given_back
        assert part >= 0
        given_back += part
    assert given_back == by_card


# --- taking back ----------------------------------------------------------------------------------


def test_an_unused_issue_can_be_taken_back(issue, now):
    issued = issue(count=2)
    take_back_issue(issue_id=issued.issue_id, actor=None, now=now)
    take_back_issue(issue_id=issued.issue_id, actor=None, now=now)
    assert {card.state for card in GiftCard.objects.all()} == {"void"}
    assert (moved("gift_cards"), moved("till")) == (0, 0)


def test_a_used_issue_cannot(issue, pay, now):
    issued = issue(count=2)
    pay(10_000, issued.codes[1])
    assert (
        refused(take_back_issue, issue_id=issued.issue_id, actor=None, now=now) == "gift_cards_used"
    )
