"""A promised price: kept until its moment, used once, taken back only while nobody uses it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.errors import NotFound, Problem
from core.numbers import make_iban
from core.tenancy import acting_for
from customers.models import Purchase, PurchaseLine
from payments.enums import PaymentState
from payments.enums.quotes import QuoteState
from payments.models import Payment, Quote
from payments.operations import cancel_payment, pay_quote, poll_due, withdraw_quote
from payments.operations.deposits import offer_transfer, save_bank_account
from payments.queries.quotes import quote_rows, view_of
from tests.payments.quotes.conftest import MOBILE

OURS = make_iban("0170000000100324200001")
OTHER = "09351112233"


def refusal(work, *args, **options):
    with pytest.raises(Problem) as problem:
        work(*args, **options)
    return problem.value.code


@pytest.mark.django_db
def test_a_paid_quote_is_a_sale_like_any_other(shop, promiser, lines, settle):
    customer_id = promiser.customer()
    quote_id = promiser.make(lines=lines, customer_id=customer_id)
    assert promiser.see(quote_id).quote.amount_rial == 20_500_000
    paid = settle(promiser.payment(promiser.pay(quote_id, mobile="")))
    assert (paid.state, paid.amount_rial, paid.description) == (
        PaymentState.SETTLED,
        20_500_000,
        "مانتوی بهاره",
    )
    view = promiser.see(quote_id)
    assert (view.state, view.payment_id) == (QuoteState.PAID, paid.id)
    with acting_for(shop.business.id):
        sale = Purchase.objects.get(id=paid.purchase_id)
        assert (sale.customer_id, sale.total_rial) == (customer_id, 20_500_000)
        assert [
            line.total_rial
            for line in PurchaseLine.objects.filter(purchase=sale).order_by("position")
        ] == [
            17_500_000,
            3_000_000,
        ]
    assert shop.is_well()


@pytest.mark.django_db
def test_the_promise_ends_at_its_moment_and_not_before(promiser):
    quote_id = promiser.make()
    end = promiser.see(quote_id).quote.valid_to
    assert promiser.see(quote_id, end - timedelta(seconds=1)).state is QuoteState.OPEN
    assert promiser.see(quote_id, end).state is QuoteState.EXPIRED
    assert refusal(promiser.pay, quote_id, now=end) == "quote_expired"
    assert promiser.pay(quote_id, now=end - timedelta(seconds=1)).state == PaymentState.CREATED


@pytest.mark.django_db
def test_begun_in_time_the_price_holds_however_long_the_bank_takes(shop, promiser):
    quote_id = promiser.make()
    end = promiser.see(quote_id).quote.valid_to
    payment = promiser.payment(promiser.pay(quote_id))
    assert payment.expires_at == end
    way = shop.send_to_bank(payment, now=end - timedelta(minutes=1))
    after = end + timedelta(minutes=10)
    poll_due(now=after)
    assert promiser.see(quote_id, after).state is QuoteState.ACCEPTED
    shop.come_back(shop.bank.pay(way, "success")["redirect"], now=after)
    assert promiser.see(quote_id, after).state is QuoteState.PAID
    assert shop.see(payment).amount_rial == 9_000_000


@pytest.mark.django_db
def test_a_try_that_fails_after_the_end_is_no_second_chance(shop, promiser):
    quote_id = promiser.make()
    end = promiser.see(quote_id).quote.valid_to
    payment = promiser.payment(promiser.pay(quote_id))
    way = shop.send_to_bank(payment, now=end - timedelta(minutes=1))
    after = end + timedelta(minutes=10)
    shop.come_back(shop.bank.pay(way, "cancel")["redirect"], now=after)
    assert promiser.see(quote_id, after).state is QuoteState.EXPIRED
    assert refusal(promiser.pay, quote_id, now=after) == "quote_expired"
    with pytest.raises(Problem, match="payment_not_payable"):
        shop.send_to_bank(payment, now=after)


@pytest.mark.django_db
def test_nobody_goes_to_the_bank_after_the_end(shop, promiser):
    quote_id = promiser.make()
    end = promiser.see(quote_id).quote.valid_to
    payment = promiser.payment(promiser.pay(quote_id))
    with pytest.raises(Problem, match="payment_not_payable"):
        shop.send_to_bank(payment, now=end)
    assert shop.see(payment).state == PaymentState.EXPIRED
    assert promiser.see(quote_id, end).state is QuoteState.EXPIRED


@pytest.mark.django_db
def test_the_same_visitor_gets_the_same_payment_another_takes_their_place(promiser):
    quote_id = promiser.make()
    first, again = promiser.pay(quote_id), promiser.pay(quote_id, "+98 912 123 4567")
    assert (again.id, again.repeated) == (first.id, True)
    second = promiser.pay(quote_id, OTHER)
    assert second.id != first.id
    assert promiser.payment(first).state == PaymentState.CANCELLED
    assert promiser.payment(second).customer_hint == {"mobile": "+989351112233"}


@pytest.mark.django_db
def test_nobody_takes_the_place_of_one_who_is_paying(shop, promiser):
    quote_id = promiser.make()
    shop.send_to_bank(promiser.payment(promiser.pay(quote_id)))
    assert promiser.see(quote_id).state is QuoteState.ACCEPTED
    assert refusal(promiser.pay, quote_id, OTHER) == "quote_being_paid"
    assert refusal(promiser.withdraw, quote_id) == "quote_being_paid"


@pytest.mark.django_db
def test_a_transfer_begun_in_time_holds_the_price_and_one_begun_late_does_not(shop, promiser):
    with acting_for(shop.business.id):
        save_bank_account(title="ملی", iban=OURS, owner="ترمه", prefix="4210", now=shop.now)
    begun, late = promiser.make(), promiser.make()
    end = promiser.see(begun).quote.valid_to
    first, second = promiser.pay(begun), promiser.pay(late)
    with acting_for(shop.business.id):
        assert offer_transfer(payment_id=first.id, now=end - timedelta(minutes=1))
        assert not offer_transfer(payment_id=second.id, now=end)
    after = end + timedelta(days=1)
    assert promiser.see(begun, after).state is QuoteState.ACCEPTED
    assert promiser.see(late, after).state is QuoteState.EXPIRED
    # Money may be on its way: nobody else takes the place, and the shop does not take it back.
    assert promiser.pay(begun, now=after).id == first.id
    assert refusal(promiser.pay, begun, OTHER, now=after) == "quote_being_paid"
    assert refusal(promiser.withdraw, begun, now=after) == "quote_being_paid"
    assert promiser.see(begun, end + timedelta(days=6)).state is QuoteState.EXPIRED


@pytest.mark.django_db
def test_it_is_used_once(promiser, settle):
    quote_id = promiser.make()
    settle(promiser.payment(promiser.pay(quote_id)))
    assert refusal(promiser.pay, quote_id) == "quote_used"
    assert refusal(promiser.withdraw, quote_id) == "quote_used"


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_payment(shop, promiser):
    quote_id = promiser.make()
    promiser.pay(quote_id)
    stray = shop.ask(9_000_000)
    with acting_for(shop.business.id), pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(id=stray.id).update(quote_id=quote_id)


@pytest.mark.usefixtures("committed")
def test_ten_visitors_at_once_make_one_payment_that_can_be_paid(shop, promiser, in_parallel):
    quote_id = promiser.make()
    mobiles = [f"0912000{n:04}" for n in range(10)]

    def visit(mobile):
        def work():
            try:
                return promiser.pay(quote_id, mobile).id
            except Problem as problem:
                return problem.code

        return work

    in_parallel(*(visit(mobile) for mobile in mobiles))
    with acting_for(shop.business.id):
        alive = Payment.objects.filter(quote_id=quote_id).exclude(state=PaymentState.CANCELLED)
        assert alive.count() == 1
    assert shop.is_well()


@pytest.mark.usefixtures("committed")
def test_withdrawing_and_paying_at_once_never_both_succeed(shop, promiser, in_parallel):
    quote_id = promiser.make()
    asked = promiser.payment(promiser.pay(quote_id))

    def tried(work):
        def attempt():
            try:
                work()
            except Problem as problem:
                return problem.code
            return "done"

        return attempt

    ends = in_parallel(
        tried(lambda: shop.send_to_bank(asked)), tried(lambda: promiser.withdraw(quote_id))
    )
    assert sorted(ends) in (["done", "payment_not_payable"], ["done", "quote_being_paid"])


@pytest.mark.django_db
def test_withdrawing_takes_the_unbegun_payment_with_it(promiser):
    quote_id = promiser.make()
    asked = promiser.pay(quote_id)
    assert promiser.withdraw(quote_id)
    assert not promiser.withdraw(quote_id)
    assert promiser.payment(asked).state == PaymentState.CANCELLED
    assert promiser.see(quote_id).state is QuoteState.WITHDRAWN
    assert refusal(promiser.pay, quote_id) == "quote_withdrawn"


@pytest.mark.django_db
def test_a_payment_the_shop_cancelled_leaves_the_price_open(shop, promiser):
    quote_id = promiser.make()
    asked = promiser.pay(quote_id)
    with acting_for(shop.business.id):
        cancel_payment(payment_id=asked.id, now=shop.now)
    assert promiser.see(quote_id).state is QuoteState.OPEN
    assert promiser.pay(quote_id).id != asked.id


@pytest.mark.django_db
def test_a_price_may_begin_later(promiser):
    begins = promiser.now + timedelta(days=1)
    quote_id = promiser.make(valid_from=begins)
    assert promiser.see(quote_id).state is QuoteState.UPCOMING
    assert refusal(promiser.pay, quote_id) == "quote_not_valid_yet"
    assert promiser.see(quote_id, begins).state is QuoteState.OPEN


@pytest.mark.django_db
def test_whose_it_is(shop, promiser):
    known, unknown = promiser.make(mobile=MOBILE), None
    assert promiser.see(known).quote.mobile == "+989121234567"
    customer_id = promiser.customer()
    named = promiser.make(mobile=MOBILE)
    assert (promiser.see(named).quote.customer_id, promiser.see(named).quote.mobile) == (
        customer_id,
        "",
    )
    # A named price asks nobody who they are, and is credited to whom it names.
    assert promiser.payment(promiser.pay(named, OTHER)).customer_hint["mobile"] == "+989121234567"
    unknown = promiser.make()
    assert refusal(promiser.pay, unknown, mobile="") == "mobile_needed"
    assert refusal(promiser.pay, unknown, mobile="12") == "invalid_mobile"
    members = promiser.make(members_only=True)
    assert refusal(promiser.pay, members, OTHER) == "members_only"
    assert promiser.pay(members, MOBILE).state == PaymentState.CREATED


@pytest.mark.django_db
def test_a_branch_that_is_gone_takes_no_promise_with_it(shop, promiser):
    quote_id = promiser.make(branch_code="main")
    with acting_for(shop.business.id):
        Quote.objects.filter(id=quote_id).update(branch_code="gone", employee_code="gone")
    assert promiser.payment(promiser.pay(quote_id)).branch_code == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"title": " "}, "invalid_title"),
        ({"amount_rial": 0}, "invalid_amount"),
        ({"amount_rial": None}, "invalid_amount"),
        ({"valid_in": timedelta(0)}, "invalid_validity"),
        ({"valid_in": timedelta(days=400)}, "invalid_validity"),
        ({"mobile": "12"}, "invalid_mobile"),
        ({"branch_code": "nowhere"}, "unknown_branch"),
    ],
)
def test_bad_quotes_are_refused(promiser, asked, code):
    asked = dict(asked)
    if "valid_in" in asked:
        asked["valid_to"] = promiser.now + asked.pop("valid_in")
    assert refusal(promiser.make, **asked) == code


@pytest.mark.django_db
def test_lines_and_amount_agree(promiser, lines):
    assert refusal(promiser.make, lines=lines, amount_rial=20_500_001) == "lines_mismatch"
    assert promiser.make(lines=lines, amount_rial=20_500_000)


@pytest.mark.django_db
def test_somebody_elses_quote_is_not_there(shop, promiser, other_business):
    quote_id, customer_id = promiser.make(), promiser.customer()
    with acting_for(other_business.id):
        for work in (pay_quote, withdraw_quote):
            with pytest.raises(NotFound):
                work(quote_id=quote_id, now=shop.now)
    other = type(promiser)(type(shop)(other_business, shop.bank, shop.now))
    with pytest.raises(NotFound):
        other.make(customer_id=customer_id)


@pytest.mark.django_db
def test_the_state_asked_for_is_the_state_shown(shop, promiser, settle):
    """The list's filter and each row's own standing are one computation, and miss nobody."""
    made = [promiser.make() for _n in range(4)]
    settle(promiser.payment(promiser.pay(made[0])))
    promiser.withdraw(made[1])
    shop.send_to_bank(promiser.payment(promiser.pay(made[2])))
    with acting_for(shop.business.id):
        for moment in (promiser.now, promiser.now + timedelta(days=9)):
            shown = [view_of(row).state for row in quote_rows(now=moment)]
            by_state = {s: quote_rows(now=moment, state=s).count() for s in QuoteState}
            assert by_state == {s: shown.count(s) for s in QuoteState}


@pytest.mark.django_db
def test_the_list_costs_the_same_for_one_and_three_rows(promiser, api):
    costs = []
    for _n in range(3):
        promiser.pay(promiser.make(customer_id=promiser.customer()))
        with CaptureQueriesContext(connection) as asked:
            assert api("get", "quotes").status_code == 200
        costs.append(len(asked))
    assert costs[1] == costs[2]
