"""Debits from due to every end they can have: one movement of money for each, whatever happens."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from customers.models import Purchase
from payments.enums import BookAccount
from payments.enums.debits import Collects
from payments.models import Alert, Payment
from payments.operations.debits import (
    cancel_debit,
    collect,
    collect_debits,
    postpone_debit,
)
from payments.operations.journal import post_money
from payments.operations.mandates import revoke_mandate, suspend_mandate
from payments.operations.refunds import ask_refund
from payments.providers.contract import DebitStanding
from tests.payments.debits.fake_bank import Killed
from tests.payments.test_paying import events

DAY = timedelta(days=1)


def purchases(collector) -> list[Purchase]:
    with acting_for(collector.business.id):
        return list(Purchase.objects.all())


def test_a_due_sum_is_collected_and_is_a_payment_like_any_other(collector, work):
    mandate_id = collector.active()
    debit_id = collector.due(mandate_id)

    assert work(collector.now) > 0

    debit = collector.see(debit_id)
    assert (debit.state, debit.payment.state, debit.payment.method) == (
        "collected",
        "settled",
        "direct_debit",
    )
    (purchase,) = purchases(collector)
    assert purchase.customer_id == debit.customer_id
    assert purchase.total_rial == 1_000_000
    assert collector.books("sales") == -1_000_000
    assert collector.bank.taken_rial() == 1_000_000
    (event,) = events(collector, "debit.collected")
    assert event["payment_id"] == str(debit.payment_id)
    assert len(events(collector, "payment.settled")) == 1
    assert collector.is_well()


def test_a_batch_costs_the_same_statements_for_one_and_three(
    collector, django_assert_max_num_queries
):
    mandate_id = collector.active()

    def collect_some(many: int) -> None:
        debit_ids = [collector.due(mandate_id) for _ in range(many)]
        with django_assert_max_num_queries(most) as spent:
            collect_debits(
                business_id=collector.business.id, debit_ids=debit_ids, now=collector.now
            )
        assert {collector.see(debit_id).state for debit_id in debit_ids} == {"collected"}
        counted.append(len(spent))

    counted: list[int] = []
    most = 200
    collect_some(1)
    collect_some(1)
    most = counted[-1]
    collect_some(3)


def test_a_sum_not_yet_due_waits(collector, work):
    debit_id = collector.due(collector.active(), due_at=collector.now + DAY)
    work(collector.now + DAY - timedelta(minutes=1))
    assert collector.see(debit_id).state == "scheduled"
    work(collector.now + DAY)
    assert collector.see(debit_id).state == "collected"


def test_a_part_of_an_earlier_sale_is_no_second_sale(collector, work):
    mandate_id = collector.active()
    collector.due(mandate_id, external_id="the-sale")
    work(collector.now)
    (sale,) = purchases(collector)
    customer_id = collector.mandate(mandate_id).customer_id
    owed = (BookAccount.RECEIVABLE, str(customer_id))
    with acting_for(collector.business.id):
        lines = {owed: 500_000, (BookAccount.SALES, ""): -500_000}
        post_money(kind="credit", source_id=sale.id, lines=lines, now=collector.now)

    debit_id = collector.due(mandate_id, 500_000, collects=Collects.RECEIVABLE, purchase_id=sale.id)
    work(collector.now)

    debit = collector.see(debit_id)
    assert purchases(collector) == [sale]
    assert (debit.payment.purchase_id, debit.payment.debtor_id) == (sale.id, customer_id)
    assert collector.books("receivable") == 0
    assert collector.is_well()


def test_the_same_number_is_one_debit_and_other_content_is_refused(collector):
    mandate_id = collector.active()
    first = collector.due(mandate_id, external_id="inst-1")
    assert collector.due(mandate_id, external_id="inst-1") == first
    with pytest.raises(Problem) as refused:
        collector.due(mandate_id, 2_000_000, external_id="inst-1")
    assert refused.value.code == "external_id_conflict"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_rial": 10_000_001}, "debit_over_cap"),
        ({"amount_rial": 9_999}, "debit_over_cap"),
        ({"due_at": datetime(2027, 12, 1, tzinfo=UTC)}, "debit_after_mandate"),
    ],
)
def test_what_the_mandate_does_not_allow_is_refused_at_once(collector, changes, code):
    mandate_id = collector.active()
    with pytest.raises(Problem) as refused:
        collector.due(mandate_id, **changes)
    assert refused.value.code == code


def test_nothing_is_made_due_under_a_mandate_that_ended(collector):
    mandate_id = collector.active()
    with acting_for(collector.business.id):
        revoke_mandate(mandate_id=mandate_id, by_customer=False, now=collector.now)
    with pytest.raises(Problem) as refused:
        collector.due(mandate_id)
    assert refused.value.code == "mandate_not_active"


def test_nothing_is_debited_under_a_mandate_that_ended_meanwhile(collector, work):
    mandate_id = collector.active()
    debit_id = collector.due(mandate_id, due_at=collector.now + DAY)
    with acting_for(collector.business.id):
        revoke_mandate(mandate_id=mandate_id, by_customer=True, now=collector.now)
    work(collector.now + DAY)
    debit = collector.see(debit_id)
    assert (debit.state, debit.failure, collector.bank.debits) == ("failed", "mandate", {})


def test_under_a_suspended_mandate_a_debit_waits_within_its_grace(collector, work):
    mandate_id = collector.active()
    debit_id = collector.due(mandate_id)
    with acting_for(collector.business.id):
        suspend_mandate(mandate_id=mandate_id, now=collector.now)
    work(collector.now)
    assert collector.see(debit_id).state == "retry_wait"
    for day in range(1, 8):
        work(collector.now + day * DAY)
    assert (collector.see(debit_id).state, collector.bank.debits) == ("failed", {})


def test_a_mandate_ended_at_the_bank_is_noticed_by_its_next_debit(collector, work):
    mandate_id = collector.active()
    debit_id = collector.due(mandate_id)
    collector.bank.mandates[collector.mandate(mandate_id).authority] = "revoked"
    work(collector.now)
    assert collector.see(debit_id).state == "failed"
    assert collector.mandate(mandate_id).state == "revoked_by_customer"
    assert collector.alerts() == ["debit_trouble", "mandate_lost"]


def test_an_empty_account_is_tried_again_and_pays_when_it_can(collector, work):
    mandate_id = collector.active()
    debit_id = collector.due(mandate_id)
    collector.bank.balance = 0
    work(collector.now)
    debit = collector.see(debit_id)
    assert (debit.state, debit.failure) == ("retry_wait", "no_funds")
    assert debit.next_try_at > collector.now + timedelta(hours=12)
    assert events(collector, "debit.failed")[0]["final"] is False

    collector.bank.balance = 5_000_000
    work(debit.next_try_at)
    assert collector.see(debit_id).state == "collected"
    assert [one.state for one in collector.tries(debit_id)] == ["failed", "collected"]
    assert collector.bank.taken_rial() == 1_000_000


def test_an_account_that_stays_empty_is_given_up(collector, work):
    debit_id = collector.due(collector.active())
    collector.bank.balance = 0
    for day in range(10):
        work(collector.now + day * DAY)
    debit = collector.see(debit_id)
    assert (debit.state, debit.failure) == ("failed", "no_funds")
    assert debit.failures <= debit.max_tries
    assert events(collector, "debit.failed")[-1]["final"] is True


def test_a_closed_account_is_not_tried_again(collector, work):
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["closed"]
    work(collector.now)
    assert (collector.see(debit_id).state, collector.see(debit_id).failure) == ("failed", "account")


def test_silence_is_asked_about_and_never_repeated(collector, work):
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["silent"]
    work(collector.now)
    assert collector.see(debit_id).state == "unknown"
    work(collector.now + timedelta(seconds=6))
    assert collector.see(debit_id).state == "collected"
    assert collector.bank.asked["debit"] == 1
    assert collector.bank.taken_rial() == 1_000_000


def test_a_debit_lost_on_the_way_is_only_asked_about_for_72_hours(collector, work):
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["lost"]
    work(collector.now)
    for hour in range(0, 71, 3):
        work(collector.now + timedelta(hours=hour, seconds=6))
    assert (collector.see(debit_id).state, collector.bank.asked["debit"]) == ("unknown", 1)
    work(collector.now + timedelta(hours=79))
    assert collector.see(debit_id).state == "retry_wait"
    work(collector.now + timedelta(hours=80))
    assert collector.see(debit_id).state == "collected"
    assert collector.bank.taken_rial() == 1_000_000


def test_a_debit_that_never_left_is_soon_sent_again(collector, work):
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["not-sent"]
    work(collector.now)
    assert (collector.see(debit_id).state, collector.see(debit_id).failures) == ("retry_wait", 0)
    work(collector.now + timedelta(minutes=5))
    assert collector.see(debit_id).state == "collected"


def test_another_amount_is_never_booked(collector, work):
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["tenfold"]
    work(collector.now)
    assert collector.see(debit_id).state == "unknown"
    assert collector.alerts() == ["amount_mismatch"]
    assert collector.payments() == []


def test_money_given_back_after_it_was_collected_leaves_the_books(collector, work):
    debit_id = collector.due(collector.active())
    work(collector.now)
    next(iter(collector.bank.debits.values())).standing = DebitStanding.REFUNDED
    work(collector.now + DAY)
    debit = collector.see(debit_id)
    assert (debit.state, debit.payment.state) == ("refunded", "reversed")
    assert collector.books("provider") == 0
    (purchase,) = purchases(collector)
    assert purchase.returned_rial == purchase.total_rial
    assert len(events(collector, "debit.returned")) == 1
    assert collector.is_well(collector.now + DAY)


def test_a_bank_that_takes_money_back_late_is_found(collector, work):
    debit_id = collector.due(collector.active())
    work(collector.now)
    next(iter(collector.bank.debits.values())).standing = DebitStanding.FAILED
    work(collector.now + DAY)
    assert collector.see(debit_id).state == "reversed_late"


def test_a_receivable_taken_back_is_owed_again(collector, work):
    debit_id = collector.due(collector.active(), collects=Collects.RECEIVABLE)
    work(collector.now)
    assert collector.books("receivable") == -1_000_000
    next(iter(collector.bank.debits.values())).standing = DebitStanding.REFUNDED
    work(collector.now + DAY)
    assert collector.see(debit_id).state == "refunded"
    assert collector.books("receivable") == 0


def test_what_we_gave_back_ourselves_is_told_when_the_bank_takes_it_too(collector, work):
    debit_id = collector.due(collector.active())
    work(collector.now)
    payment = collector.see(debit_id).payment
    with acting_for(collector.business.id):
        Payment.objects.filter(id=payment.id).update(refunded_rial=300_000)
    next(iter(collector.bank.debits.values())).standing = DebitStanding.REFUNDED
    work(collector.now + DAY)
    with acting_for(collector.business.id):
        alert = Alert.objects.get(kind="contradiction")
        assert Payment.objects.get(id=payment.id).refunded_rial == 300_000
        with pytest.raises(Problem, match="payment_not_refundable"):
            ask_refund(payment_id=payment.id, external_id="r", by="x", now=collector.now + DAY)
    assert alert.detail["refunded_rial"] == 300_000


@pytest.mark.parametrize("provider_sort", [{}, {"opens_first": False, "idempotent": True}])
@pytest.mark.parametrize("place", ["after_intent", "after_wire", "before_settle"])
def test_a_process_that_dies_anywhere_moves_money_once(collector, work, place, monkeypatch):
    debit_id = collector.due(collector.active())
    if place == "before_settle":
        settle = vars(collect)["settle"]

        def die(answers, now):
            settle(answers, now)
            monkeypatch.setattr(collect, "settle", settle)
            raise Killed

        monkeypatch.setattr(collect, "settle", die)
    collector.bank.killed_at = place
    with pytest.raises(Killed):
        work(collector.now)
    assert collector.see(debit_id).state == "submitted"

    for minutes in (11, 23, 60):
        work(collector.now + timedelta(minutes=minutes))
    assert collector.see(debit_id).state == "collected"
    assert collector.bank.taken_rial() == 1_000_000
    assert len(collector.payments()) == 1


def test_a_debit_can_be_moved_and_taken_back_before_it_is_at_the_bank(collector, work):
    mandate_id = collector.active()
    debit_id = collector.due(mandate_id)
    other_id = collector.due(mandate_id)
    with acting_for(collector.business.id):
        postpone_debit(debit_id=debit_id, due_at=collector.now + DAY, now=collector.now)
        assert cancel_debit(debit_id=other_id, now=collector.now) == "cancelled"
    work(collector.now)
    assert collector.bank.debits == {}
    work(collector.now + DAY)
    assert collector.see(debit_id).state == "collected"
    with acting_for(collector.business.id), pytest.raises(Problem) as refused:
        cancel_debit(debit_id=debit_id, now=collector.now)
    assert refused.value.code == "debit_not_movable"
