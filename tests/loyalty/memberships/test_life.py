"""A membership from joining to its end: paid, renewed, in grace, lapsed, paused, ended."""

from datetime import timedelta

import pytest

from core.calendar import jalali
from core.errors import Problem
from core.tenancy import acting_for
from loyalty.operations.memberships import (
    cancel_membership,
    join_membership,
    pause_membership,
    resume_membership,
    withdraw_plan,
)
from messaging.models import Message
from payments.models import Alert, Payment, Transfer
from payments.operations.mandates import revoke_mandate
from tests.loyalty.memberships.conftest import PRICE

DAY = timedelta(days=1)


def _texts(club):
    with acting_for(club.business.id):
        rows = Message.objects.filter(ref_kind="membership")
        return list(rows.order_by("created_at", "id").values_list("body", flat=True))


def test_a_membership_begins_when_its_first_period_is_paid(club):
    joined = club.join()
    assert joined.pay_token
    waiting = club.see(joined.id)
    assert (waiting.state, waiting.perks_until) == ("joining", None)
    [period] = club.periods(joined.id)

    later = club.now + 2 * DAY
    club.pay(period.payment_id, later)

    member = club.see(joined.id)
    assert member.state == "active"
    assert member.perks_from == later
    assert jalali(member.paid_until).day == jalali(later.date()).day == member.anchor_day
    assert club.events("membership.renewed")[0]["number"] == 1
    assert club.is_well()


def test_a_membership_nobody_paid_for_never_was(club):
    joined = club.join()
    club.work(club.now + 8 * DAY)
    member = club.see(joined.id)
    assert (member.state, member.perks_until) == ("cancelled", None)
    [period] = club.periods(joined.id)
    with acting_for(club.business.id):
        assert Payment.objects.get(id=period.payment_id).state in {"cancelled", "expired"}
    assert club.events("membership.lapsed") == []


def test_a_mandate_renews_again_and_again_with_a_notice_before(club):
    member_id = club.member()
    for times in range(2, 6):
        club.work(club.at(member_id, -3))
        assert len(club.collector.bank.collected()) == times - 1
        club.work(club.at(member_id))
        assert club.see(member_id).state == "active"
    assert len(club.collector.bank.collected()) == 5
    assert [period.state for period in club.periods(member_id)] == ["paid"] * 5
    assert sum("برداشت می‌شود" in text for text in _texts(club)) == 4
    assert club.is_well()


def test_a_member_is_told_once_and_by_the_membership(club):
    member_id = club.member()
    club.work(club.at(member_id, -3))
    club.work(club.at(member_id, -1))
    with acting_for(club.business.id):
        told = Message.objects.exclude(body__contains="شد.").exclude(body__contains="سپاس")
        assert told.count() == 1


def test_without_a_mandate_a_link_renews_and_may_be_paid_early(club):
    joined = club.join()
    club.pay(club.periods(joined.id)[0].payment_id)
    first_end = club.see(joined.id).paid_until
    club.work(club.at(joined.id, -3))
    period = club.periods(joined.id)[1]
    assert period.debit_id is None
    assert period.starts_on == first_end

    club.pay(period.payment_id, club.at(joined.id, -2))

    member = club.see(joined.id)
    assert member.paid_until == period.ends_on
    assert "/p/" in _texts(club)[0]
    assert club.is_well()


def test_an_unpaid_renewal_has_grace_with_perks_and_then_lapses(club):
    member_id = club.member()
    club.collector.bank.balance = 0
    end = club.see(member_id).paid_until
    club.work(club.at(member_id, -3))
    club.work(club.at(member_id))
    assert club.see(member_id).state == "active"
    club.work(club.at(member_id, 1))
    member = club.see(member_id)
    assert member.state == "grace"
    assert member.perks_until > club.at(member_id, 6)

    for days in range(2, 8):
        club.work(club.at(member_id, days))

    member = club.see(member_id)
    assert (member.state, member.paid_until) == ("lapsed", end)
    [lapsed] = club.events("membership.lapsed")
    assert lapsed["membership_id"] == str(member_id)
    assert club.periods(member_id)[-1].state == "unpaid"
    assert club.is_well()


def test_paid_within_grace_the_days_stay_where_they_were(club):
    member_id = club.member()
    club.collector.bank.balance = 0
    end = club.see(member_id).paid_until
    club.work(club.at(member_id, -3))
    for days in range(3):
        club.work(club.at(member_id, days))
    club.collector.bank.balance = 10 * PRICE
    for days in range(3, 6):
        club.work(club.at(member_id, days) if days == 3 else club.at(member_id, days - 30))
    member = club.see(member_id)
    assert member.state == "active"
    assert club.periods(member_id)[1].starts_on == end
    assert len(club.collector.bank.collected()) == 2


def test_a_mandate_that_ended_is_followed_by_a_link(club):
    member_id = club.member()
    mandate_id = club.see(member_id).mandate_id
    with acting_for(club.business.id):
        revoke_mandate(mandate_id=mandate_id, by_customer=True, now=club.now)
    club.work(club.at(member_id, -3))
    period = club.periods(member_id)[1]
    assert (period.debit_id, period.payment_id is None) == (None, False)


def test_a_mandate_that_ends_after_the_notice_leaves_a_link_too(club):
    member_id = club.member()
    club.work(club.at(member_id, -3))
    club.collector.bank.mandates.update(dict.fromkeys(club.collector.bank.mandates, "revoked"))
    club.work(club.at(member_id))
    period = club.periods(member_id)[1]
    assert period.debit_id is not None
    assert period.payment_id is not None
    club.pay(period.payment_id, club.at(member_id, 1))
    assert club.see(member_id).state == "active"
    assert club.is_well()


def test_money_that_comes_after_the_lapse_begins_anew_from_its_day(club):
    joined = club.join()
    club.pay(club.periods(joined.id)[0].payment_id)
    end = club.see(joined.id).paid_until
    club.work(club.at(joined.id, -3))
    payment_id = club.periods(joined.id)[1].payment_id
    with acting_for(club.business.id):
        Payment.objects.filter(id=payment_id).update(state="processing")
    for days in (1, 7, 8):
        club.work(club.at(joined.id, days))
    assert club.see(joined.id).state == "grace"  # money may be on its way: nobody lapses
    with acting_for(club.business.id):
        Payment.objects.filter(id=payment_id).update(state="expired")
    club.work(club.at(joined.id, 9))
    assert club.see(joined.id).state == "lapsed"

    with acting_for(club.business.id):
        Payment.objects.filter(id=payment_id).update(state="processing")
    moment = club.at(joined.id, 12)
    club.pay(payment_id, moment)

    member = club.see(joined.id)
    assert member.state == "active"
    assert club.periods(joined.id)[1].starts_on == end + 12 * DAY
    assert member.anchor_day == jalali(end + 12 * DAY).day
    assert club.is_well()


def test_one_membership_a_customer(club):
    plan_id = club.offer()
    first = club.join(plan_id)
    with acting_for(club.business.id), pytest.raises(Problem) as refused:
        join_membership(customer_id=club.customer_id, plan_id=plan_id, now=club.now)
    assert refused.value.code == "already_member"
    assert refused.value.extra["membership_id"] == str(first.id)


def test_a_plan_taken_off_offer_keeps_its_members(club):
    member_id = club.member()
    with acting_for(club.business.id):
        withdraw_plan(plan_id=club.see(member_id).plan_id)
    club.work(club.at(member_id, -3))
    club.work(club.at(member_id))
    assert len(club.periods(member_id)) == 2
    assert club.see(member_id).state == "active"


def test_a_pause_keeps_the_days_and_moves_the_day_of_renewal(club):
    member_id = club.member()
    end = club.see(member_id).paid_until
    on = club.now + 10 * DAY
    with acting_for(club.business.id):
        pause_membership(membership_id=member_id, now=on)
        pause_membership(membership_id=member_id, now=on + DAY)
    club.work(club.at(member_id, 40))
    paused = club.see(member_id)
    assert (paused.state, paused.perks_until) == ("paused", on)
    assert len(club.collector.bank.collected()) == 1

    with acting_for(club.business.id):
        resume_membership(membership_id=member_id, now=on + 45 * DAY)

    member = club.see(member_id)
    assert member.paid_until == end + 45 * DAY
    assert member.anchor_day == jalali(end + 45 * DAY).day
    assert club.is_well()


def test_a_pause_takes_back_the_renewal_that_was_announced(club):
    member_id = club.member()
    club.work(club.at(member_id, -3))
    with acting_for(club.business.id):
        pause_membership(membership_id=member_id, now=club.at(member_id, -2))
    club.work(club.at(member_id, 3))
    assert club.periods(member_id)[1].state == "unpaid"
    assert len(club.collector.bank.collected()) == 1
    with acting_for(club.business.id):
        resume_membership(membership_id=member_id, now=club.at(member_id, 3))
    club.work(club.at(member_id))
    club.work(club.at(member_id))
    club.work(club.at(member_id) + DAY)
    assert [one.state for one in club.periods(member_id)] == ["paid", "unpaid", "paid"]


def test_what_was_debited_goes_back_to_an_account_that_must_be_named(club):
    member_id = club.member()
    with acting_for(club.business.id), pytest.raises(Problem) as refused:
        cancel_membership(membership_id=member_id, by="t", now=club.now + 10 * DAY)
    assert refused.value.code == "refund_needs_account"
    assert club.see(member_id).state == "active"


def test_ending_without_a_refund_is_at_once_and_for_good(club):
    member_id = club.member()
    club.work(club.at(member_id, -3))
    with acting_for(club.business.id):
        for _again in range(2):
            back = cancel_membership(
                membership_id=member_id, refund=False, by="t", now=club.at(member_id, -2)
            )
            assert back == 0
    member = club.see(member_id)
    assert member.state == "cancelled"
    assert member.perks_until == club.at(member_id, -2)
    club.work(club.at(member_id, 3))
    assert len(club.collector.bank.collected()) == 1


def test_notice_given_the_membership_ends_when_its_days_do(club):
    member_id = club.member()
    with acting_for(club.business.id):
        cancel_membership(membership_id=member_id, at_end=True, by="t", now=club.now + DAY)
    member = club.see(member_id)
    assert (member.state, member.renews) == ("active", False)
    club.work(club.at(member_id, -1))
    assert club.see(member_id).state == "active"
    club.work(club.at(member_id))
    assert club.see(member_id).state == "cancelled"
    assert len(club.periods(member_id)) == 1


def test_notice_can_be_taken_back(club):
    member_id = club.member()
    with acting_for(club.business.id):
        cancel_membership(membership_id=member_id, at_end=True, by="t", now=club.now + DAY)
        resume_membership(membership_id=member_id, now=club.now + 2 * DAY)
    club.work(club.at(member_id, -3))
    club.work(club.at(member_id))
    assert len(club.periods(member_id)) == 2


def test_money_for_an_ended_membership_goes_back_or_to_a_person(club):
    joined = club.join()
    [period] = club.periods(joined.id)
    with acting_for(club.business.id):
        cancel_membership(membership_id=joined.id, by="t", now=club.now)
        Payment.objects.filter(id=period.payment_id).update(state="processing")
    club.pay(period.payment_id, club.now + DAY)
    assert club.see(joined.id).state == "cancelled"
    with acting_for(club.business.id):
        assert Transfer.objects.count() == 0
        assert Alert.objects.filter(kind="orphan", payment_id=period.payment_id).exists()


def test_a_renewal_at_the_bank_lets_nobody_pause_or_end(club):
    member_id = club.member()
    club.work(club.at(member_id, -3))
    club.collector.bank.faults = ["silent"] * 40
    club.work(club.at(member_id))
    moment = club.at(member_id, 0, 12)
    with acting_for(club.business.id):
        with pytest.raises(Problem, match="renewal_under_way"):
            cancel_membership(membership_id=member_id, by="t", now=moment)
        with pytest.raises(Problem, match="membership_not_active"):
            pause_membership(membership_id=member_id, now=moment)
    assert club.periods(member_id)[1].state == "open"


def test_money_the_bank_took_back_is_asked_for_again(club):
    member_id = club.member()
    taken = next(iter(club.collector.bank.debits.values()))
    taken.standing = taken.standing.__class__.REFUNDED
    club.work(club.now + 2 * DAY)
    member = club.see(member_id)
    assert member.state == "grace"
    assert [one.state for one in club.periods(member_id)] == ["returned", "open"]
    again = club.periods(member_id)[1]
    club.pay(again.payment_id, club.now + 3 * DAY)
    member = club.see(member_id)
    assert (member.state, member.paid_until) == ("active", again.ends_on)
    assert club.is_well()


@pytest.mark.parametrize("late", [1, 40])
def test_a_worker_that_slept_debits_nobody_without_a_day_of_notice(club, late):
    member_id = club.member()
    moment = club.at(member_id, late)
    club.work(moment)
    assert len(club.collector.bank.collected()) == 1
    club.work(moment + timedelta(hours=25))
    assert len(club.collector.bank.collected()) == 2
    assert club.see(member_id).state == "active"
