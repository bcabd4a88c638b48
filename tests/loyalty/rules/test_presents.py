"""Presents of rules: given with the sale, used once, taken back with it (N8, N19, R18, R49)."""

from datetime import timedelta

import pytest
from django.utils import translation

from core.errors import Problem
from core.ids import new_id
from customers.operations import CustomerHint, NewReturnLine, NewTender, record_return
from loyalty.enums import CardState
from loyalty.models import (
    CouponPool,
    GiftCard,
    LedgerEntry,
    Reward,
    RuleMeter,
    RulePresent,
)
from loyalty.operations.coupons import reserve_coupon
from loyalty.operations.gift_cards import reserve_gift_card
from loyalty.operations.rules.drafts import save_draft
from loyalty.operations.stamps import NewStampCard, make_stamp_card
from loyalty.queries.coupons import Basket, BasketLine
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.presents import (
    presents_back,
    presents_of_customer,
    presents_of_purchases,
)
from loyalty.queries.rules.tell_presents import present_sentence
from loyalty.queries.stamps import stamps_of
from tests.loyalty.conftest import buyer
from tests.loyalty.coupons.conftest import make
from tests.loyalty.rules.conftest import RATE, bonus, put
from tests.loyalty.sentences import computed, moved, sentence_of

COFFEE = ("esp", "نوشیدنی", 600_000)
CAKE = ("cake", "شیرینی", 400_000)
LARGE = {"least_rial": 500_000}


def back(purchase_id, now, rial=None, **asked):
    wanted = {"amount_rial": rial} if rial else asked
    record_return(purchase_id=purchase_id, external_id=str(new_id()), now=now, **wanted)


def stamp_rule(now, num=2, **more):
    new = NewStampCard(name="کارت قهوه", needed=5, most_rial=900_000, category="چای")
    card = make_stamp_card(new=new, by="t", now=now)
    return bonus("stamp", num, name="مهر هدیه", present={"stamp_card": card.id}, **more)


def gift_rule(rial=200_000, **more):
    return bonus("gift_card", 1, name="کارت سپاس", present={"worth_rial": rial}, **more)


def item_rule(**more):
    present = {"category": "شیرینی", "worth_rial": 300_000, "days": 7}
    return bonus("item", 1, name="شیرینی مهمان ما", present=present, **more)


def coupon_rule(now, **more):
    pool = make(now, code="", count=1, percent=10, most_rial=100_000, name="ده درصد").pool_id
    return bonus("coupon", 1, name="کوپن بعدی", present={"pool": pool}, **more)


def reward_rule(**more):
    reward = Reward.objects.create(name="یک قهوه", cost_points=50, value_rial=150_000)
    return bonus("reward", 1, name="پاداش", present={"reward": reward.id}, **more)


def all_rules(now):
    return (stamp_rule(now), gift_rule(), item_rule(), coupon_rule(now), reward_rule())


def test_every_kind_is_given_with_the_sale_and_told(buy, now):
    put(*all_rules(now), now=now)
    purchase = buy(COFFEE)
    given = presents_of_purchases([purchase])[purchase]
    assert [str(one.effect) for one in given] == ["stamp", "gift_card", "item", "coupon", "reward"]
    assert [one.number for one in given] == [2, 1, 1, 1, 1]
    assert [bool(one.code) for one in given] == [False, True, True, True, True]
    [card] = stamps_of(buyer(purchase))
    assert card.toward == 2
    entry = LedgerEntry.objects.get(kind="earn", purchase=purchase)
    assert [one["effect"] for one in entry.data["presents"]] == [str(one.effect) for one in given]


def test_n19_the_sentence_tells_what_was_given_and_the_points_again(buy, now):
    put(bonus(), *all_rules(now), now=now)
    entry = LedgerEntry.objects.get(kind="earn", purchase=buy(COFFEE))
    assert computed(entry) == moved(entry) == 12
    assert all(one["name"] in sentence_of(entry) for one in entry.data["presents"])


def test_a_gift_card_pays_and_a_coupon_is_its_owners(buy, now):
    put(gift_rule(), coupon_rule(now), item_rule(), now=now)
    purchase = buy(COFFEE)
    owner = buyer(purchase)
    gift, coupon, item = presents_of_purchases([purchase])[purchase]
    used = reserve_gift_card(code=gift.code, most_rial=500_000, exact=False, now=now)
    assert used.amount_rial == 200_000
    lines = (BasketLine(400_000, "شیرینی"), BasketLine(600_000, "نوشیدنی"))
    with pytest.raises(Problem) as refused:
        reserve_coupon(code=item.code, basket=Basket(lines=lines), now=now)
    assert refused.value.code == "coupon_needs_customer"
    mine = Basket(lines=lines, customer_id=owner)
    assert reserve_coupon(code=item.code, basket=mine, now=now)[1].discount_rial == 300_000
    assert reserve_coupon(code=coupon.code, basket=mine, now=now)[1].discount_rial == 100_000


@pytest.mark.parametrize("parts", [[1_000_000], [300_000, 700_000], [999_999, 1]])
def test_n8_a_return_takes_presents_back_and_preview_says_so(buy, now, parts):
    put(*all_rules(now), now=now)
    purchase = buy(COFFEE, CAKE)
    owner = buyer(purchase)
    for rial in parts[:-1]:
        assert presents_back(purchase, rial, 1_000_000) == []
        back(purchase, now, rial)
        assert len(presents_of_purchases([purchase])[purchase]) == 5
    assert len(presents_back(purchase, 1_000_000, 1_000_000)) == 5
    back(purchase, now, parts[-1])
    assert presents_of_purchases([purchase]) == {}
    assert {one.taken_back for one in presents_of_customer(owner)} == {True}
    assert GiftCard.objects.get().state == CardState.VOID
    assert GiftCard.objects.get().balance_rial == 0
    assert stamps_of(owner)[0].toward == 0
    mine = Basket(lines=(BasketLine(400_000, "شیرینی"),), customer_id=owner)
    for one in presents_of_customer(owner):
        if one.code and str(one.effect) != "gift_card":
            with pytest.raises(Problem) as refused:
                reserve_coupon(code=one.code, basket=mine, now=now)
            assert refused.value.code == "coupon_taken_back"


def test_r18_a_present_with_a_smallest_basket_is_judged_anew(buy, now):
    put(gift_rule(when=LARGE), now=now)
    purchase = buy(COFFEE, CAKE)
    back(purchase, now, 500_000)
    assert len(presents_of_purchases([purchase])[purchase]) == 1
    back(purchase, now, 1)
    assert presents_of_purchases([purchase]) == {}
    [told] = presents_of_customer(buyer(purchase))
    assert told.taken_back


def test_a_present_for_some_goods_goes_with_them(buy, now):
    put(item_rule(when={"categories": ("شیرینی",)}), now=now)
    purchase = buy(COFFEE, CAKE)
    back(purchase, now, lines=[NewReturnLine(position=1)])
    assert len(presents_of_purchases([purchase])[purchase]) == 1
    back(purchase, now, lines=[NewReturnLine(position=2)])
    assert presents_of_purchases([purchase]) == {}


def test_r49_budget_and_share_hold_and_are_given_back(buy, now):
    rule = gift_rule(budget_rial=500_000, customer_cap_points=1, customer_span="month")
    put(rule, now=now)
    first = buy(COFFEE)
    assert buy(COFFEE)  # the customer had their share
    other = [buy(COFFEE, customer=CustomerHint(mobile=f"0912000000{n}")) for n in (1, 2)]
    assert RulePresent.objects.count() == 2
    assert len(presents_of_purchases(other)) == 1
    assert RuleMeter.objects.get(customer=None).used == 400_000
    back(first, now, 600_000)
    assert RuleMeter.objects.get(customer=None).used == 200_000
    assert RuleMeter.objects.get(customer=buyer(first)).used == 0
    again = buy(COFFEE)
    assert len(presents_of_purchases([again])[again]) == 1


def test_r50_points_and_presents_of_one_group_are_held_against_each_other_in_rial(buy, now):
    put(
        bonus("fixed", 100, name="صد امتیاز", group="g"),
        gift_rule(100_001, group="g"),
        now=now,
    )
    purchase = buy(COFFEE)
    assert len(presents_of_purchases([purchase])[purchase]) == 1
    entry = LedgerEntry.objects.get(kind="earn", purchase=purchase)
    assert entry.points + entry.pending_points == 6


def test_a_stranger_and_what_was_bought_before_get_none(buy, now, acting):
    put(gift_rule(), now=now - timedelta(days=9))
    assert presents_of_purchases([buy(COFFEE, customer=None)]) == {}


def test_what_is_not_offered_or_has_no_worth_is_refused(acting, now):
    for odd, code in (
        (bonus("stamp", 1, present={"stamp_card": new_id()}), "unknown_reference"),
        (bonus("coupon", 1, present={"pool": new_id()}), "unknown_reference"),
        (bonus("reward", 1, present={"reward": new_id()}), "unknown_reference"),
        (bonus("gift_card", 1, present={}), "worth_missing"),
    ):
        with pytest.raises(Problem) as refused:
            save_draft(rules=Rules(rate=RATE, bonuses=(odd,)), actor=None, now=now)
        assert refused.value.code == code


def test_the_same_rule_in_the_next_version_goes_on_with_its_kind_of_coupon(acting, now):
    rule = item_rule()
    put(rule, now=now)
    put(rule, bonus(), now=now)
    assert CouponPool.objects.filter(made_by__startswith="rule:").count() == 1


@pytest.mark.parametrize("first", ["earned", "paid"])
def test_n8_two_returns_in_either_order_end_alike(buy, now, first):
    """A gift card spent on another sale: both come back, and nothing is left on it."""
    put(gift_rule(budget_rial=200_000), now=now)
    earned = buy(COFFEE)
    [gift] = presents_of_purchases([earned])[earned]
    use = reserve_gift_card(code=gift.code, most_rial=150_000, exact=False, now=now)
    tenders = (
        NewTender(method="gift_card", amount_rial=150_000, reference=str(use.id)),
        NewTender(method="cash", amount_rial=250_000),
    )
    paid = buy(CAKE, tenders=tenders)
    for one in (earned, paid) if first == "earned" else (paid, earned):
        back(one, now)
    card = GiftCard.objects.get()
    assert (card.state, card.balance_rial) == (CardState.VOID, 0)
    assert RuleMeter.objects.get().used == 0
    [told] = presents_of_customer(buyer(earned))
    assert told.taken_back
    assert ("استفاده شده بود" in said(told)) == (first == "earned")


def said(told):
    present = RulePresent.objects.get(id=told.id)
    with translation.override("fa"):
        return present_sentence(present.facts, present.undone)
