"""A gift card or coupon for part of an online payment (capabilities C031, C050; R24, R41, R43)."""

from datetime import timedelta

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import NewLine
from loyalty.models import GiftCardUse
from loyalty.operations.gift_cards import price_went_back
from loyalty.operations.sweep import sweep_business
from outbox.models import Event
from payments.models import Alert
from payments.operations import cancel_payment, expire_payment, reverse_payment
from payments.operations.covers.off import let_go_of_overdue
from payments.operations.covers.put import finish_covered, uncover_payment
from payments.operations.deposits import offer_transfer
from payments.operations.refunds import preview_refund
from tests.loyalty.gift_cards.conftest import LAST_DAY, moved


def test_a_card_pays_part_and_the_bank_takes_the_rest(checkout):
    """Capability C031: the buyer sees what remains, and the sale is paid in two parts."""
    code = checkout.card(400_000)
    payment = checkout.cover(checkout.ask(1_000_000), code)
    assert (payment.asked_rial, payment.amount_rial, payment.covered_rial) == (
        1_000_000,
        600_000,
        400_000,
    )
    checkout.shop.come_back(checkout.shop.pay(payment))
    assert checkout.shop.attempt(payment).sent_amount == 600_000
    assert checkout.tenders(payment) == [("gateway", 600_000), ("gift_card", 400_000)]
    assert checkout.sale(payment).total_rial == 1_000_000
    assert checkout.left() == [0]
    assert [one.state for one in checkout.covers(payment)] == ["used"]
    with acting_for(checkout.business_id):
        told = Event.objects.get(name="payment.settled").payload
        assert (told["amount_rial"], told["covered_rial"]) == (1_000_000, 400_000)
        assert moved("sales") == -1_000_000


def test_a_coupon_takes_its_part_off_each_line(checkout):
    """Capability C050: the lines of the sale carry the discount, the bank takes the rest."""
    code = checkout.coupon(percent=10)
    lines = [
        NewLine(name="لاته", unit_price_rial=600_000),
        NewLine(name="کیک", unit_price_rial=400_000),
    ]
    payment = checkout.cover(checkout.ask(1_000_000, lines=lines), code)
    assert (payment.amount_rial, payment.discount_rial) == (900_000, 100_000)
    assert [line["total_rial"] for line in payment.lines] == [540_000, 360_000]
    checkout.shop.come_back(checkout.shop.pay(payment))
    assert checkout.sale(payment).total_rial == 900_000


def test_a_coupon_taken_off_gives_the_lines_back(checkout):
    code = checkout.coupon(percent=10)
    lines = [NewLine(name="لاته", unit_price_rial=1_000_000)]
    asked = checkout.ask(1_000_000, lines=lines)
    payment = checkout.cover(asked, code)
    [cover] = checkout.covers(payment)
    with acting_for(checkout.business_id):
        uncover_payment(payment_id=payment.id, cover_id=cover.id, now=checkout.now)
        uncover_payment(payment_id=payment.id, cover_id=cover.id, now=checkout.now)
    after = checkout.see(payment.id)
    assert (after.amount_rial, after.discount_rial, after.lines) == (1_000_000, 0, asked.lines)


def test_cards_that_cover_all_of_it_need_no_bank(checkout):
    payment = checkout.cover(checkout.ask(700_000), checkout.coupon(percent=None, off_rial=100_000))
    payment = checkout.cover(payment, checkout.card(400_000))
    payment = checkout.cover(payment, checkout.card(500_000))
    assert (payment.amount_rial, payment.covered_rial, payment.discount_rial) == (
        0,
        600_000,
        100_000,
    )
    with acting_for(checkout.business_id):
        finish_covered(payment_id=payment.id, now=checkout.now)
        finish_covered(payment_id=payment.id, now=checkout.now)
        with pytest.raises(Problem) as caught:
            preview_refund(payment_id=payment.id, now=checkout.now)
    assert caught.value.code == "paid_by_gift_card"
    assert checkout.see(payment.id).state == "settled"
    assert checkout.tenders(payment) == [("gift_card", 200_000), ("gift_card", 400_000)]
    assert sorted(checkout.left()) == [0, 300_000]


def test_the_same_card_twice_is_once_and_two_coupons_are_one(checkout):
    code, coupon = checkout.card(400_000), checkout.coupon(code="AAA", percent=10)
    payment = checkout.cover(checkout.ask(), coupon)
    payment = checkout.cover(checkout.cover(payment, code), code)
    assert (payment.amount_rial, len(checkout.covers(payment))) == (500_000, 2)
    assert checkout.refused(payment, checkout.coupon(code="BBB", percent=5)) == "one_coupon"


def test_no_rest_is_too_small_for_the_bank(checkout):
    """What a gateway would refuse stays on the card instead."""
    payment = checkout.cover(checkout.ask(1_000_000), checkout.card(999_999))
    assert payment.amount_rial == 1_000
    assert checkout.left() == [9_99]


@pytest.mark.parametrize("end", [cancel_payment, expire_payment])
def test_a_payment_that_ends_unpaid_fills_the_card_again(checkout, end):
    """Rule R43."""
    payment = checkout.cover(checkout.ask(), checkout.card(400_000))
    assert checkout.left() == [0]
    with acting_for(checkout.business_id):
        end(payment_id=payment.id, now=checkout.now + timedelta(days=2))
    after = checkout.see(payment.id)
    assert (after.amount_rial, after.covered_rial) == (1_000_000, 0)
    assert checkout.left() == [400_000]


def test_what_is_held_for_nobody_is_let_go_and_the_whole_sum_asked_again(checkout, poll):
    """Rule R43."""
    payment = checkout.cover(checkout.ask(), checkout.card(400_000))
    poll(checkout.now + timedelta(minutes=29))
    assert checkout.see(payment.id).amount_rial == 600_000
    poll(checkout.now + timedelta(minutes=31))
    assert checkout.see(payment.id).amount_rial == 1_000_000
    assert checkout.left() == [400_000]


def test_a_buyer_at_the_bank_keeps_the_card_however_long_it_takes(checkout):
    """Rule R43: a success that comes late finds its card."""
    payment = checkout.cover(checkout.ask(), checkout.card(400_000))
    address = checkout.shop.pay(payment)
    with acting_for(checkout.business_id):
        for hours in (1, 2, 20):
            late = checkout.now + timedelta(hours=hours)
            assert not let_go_of_overdue(payment_id=payment.id, now=late)
            sweep_business(now=late)
    checkout.shop.come_back(address)
    assert checkout.tenders(payment) == [("gateway", 600_000), ("gift_card", 400_000)]


def test_a_failed_try_keeps_the_card_for_the_next(checkout):
    payment = checkout.cover(checkout.ask(), checkout.card(400_000))
    checkout.shop.come_back(checkout.shop.pay(payment, card="insufficient_funds"))
    assert (checkout.see(payment.id).state, checkout.left()) == ("created", [0])
    checkout.shop.come_back(checkout.shop.pay(payment))
    assert checkout.see(payment.id).state == "settled"


def test_nothing_is_changed_while_somebody_pays(checkout):
    code = checkout.card(400_000)
    payment = checkout.ask()
    checkout.shop.send_to_bank(payment)
    assert checkout.refused(payment, code) == "payment_not_open"


def test_a_smaller_sum_after_a_failed_try_is_what_the_bank_takes(checkout):
    payment = checkout.ask()
    checkout.shop.come_back(checkout.shop.pay(payment, card="insufficient_funds"))
    checkout.cover(payment, checkout.card(400_000))
    checkout.shop.come_back(checkout.shop.pay(payment))
    assert [one.sent_amount for one in checkout.shop.attempts(payment)] == [1_000_000, 600_000]


def test_no_transfer_is_offered_for_what_a_card_covers(checkout):
    payment = checkout.cover(checkout.ask(), checkout.card(400_000))
    with acting_for(checkout.business_id):
        assert not offer_transfer(payment_id=payment.id, now=checkout.now)


def test_a_card_that_ended_meanwhile_leaves_the_sale_of_the_money_and_tells_a_person(checkout):
    """The money is here: nothing refuses it, and nothing is lost in silence."""
    payment = checkout.cover(checkout.ask(), checkout.card(400_000))
    address = checkout.shop.pay(payment)
    with acting_for(checkout.business_id):
        use = GiftCardUse.objects.select_related("card__issue").get()
        issue = use.card.issue
        paid = checkout.ask(400_000)
        issue.payment = paid
        issue.save(update_fields=["payment"])
        price_went_back(payment_id=paid.id, now=checkout.now)
    checkout.shop.come_back(address)
    assert checkout.see(payment.id).state == "settled"
    assert checkout.tenders(payment) == [("gateway", 600_000)]
    with acting_for(checkout.business_id):
        assert Alert.objects.filter(kind="cover_lost", payment_id=payment.id).exists()


def test_money_undone_in_time_fills_the_card_too(checkout):
    """Rule R24 and invention N8: money to the card that paid, the rest to the gift card."""
    payment = checkout.cover(checkout.ask(1_000_000), checkout.card(400_000))
    checkout.shop.come_back(checkout.shop.pay(payment))
    with acting_for(checkout.business_id):
        told = preview_refund(payment_id=payment.id, now=checkout.now)
    assert (told.amount_rial, told.effects["gift_card_back"]) == (600_000, 400_000)
    done = reverse_payment(
        business_id=checkout.business_id, payment_id=payment.id, by="t", now=checkout.now
    )
    assert done.state == "returned"
    assert checkout.sale(payment).returned_rial == 1_000_000
    assert checkout.left() == [400_000]


def test_the_journal_and_points_see_the_whole_sale(checkout):
    """Rule R4: a card of the business's own earns nothing, and owes nothing."""
    code = checkout.card(400_000, paid_by="nothing", last_day=LAST_DAY)
    payment = checkout.cover(checkout.ask(1_000_000), code)
    checkout.shop.come_back(checkout.shop.pay(payment))
    assert checkout.sale(payment).eligible_rial == 600_000
