"""When money is expected, by the banks' cycles, caps and holidays of the day."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from core.calendar import TEHRAN
from core.errors import Problem
from core.tenancy import acting_for
from payments.management.buyer import only_form
from payments.models import BankAccount, DepositIdentifier, ProviderAccount
from payments.operations.deposits import set_holiday
from payments.queries.rails import RULES, Rail, Rule, arrival, closed_days, rule_of, ways_for


def known(rail: Rail, day: date) -> Rule:
    """Return the rule that is in force."""
    rule = rule_of(rail, day)
    assert rule is not None
    return rule


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TEHRAN)


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ("2026-11-23 09:00", "2026-11-23 12:45"),  # a Monday, before the second cycle
        ("2026-11-23 09:46", "2026-11-23 15:45"),
        ("2026-11-23 17:45", "2026-11-23 20:45"),
        ("2026-11-23 18:00", "2026-11-24 05:45"),  # after the last: the next morning
        ("2026-11-26 18:00", "2026-11-28 05:45"),  # a Thursday evening: over Friday
        ("2026-12-22 18:00", "2026-12-24 05:45"),  # 2 Dey is a holiday
        ("2026-03-20 10:00", "2026-03-25 05:45"),  # Nowruz
    ],
)
def test_paya_comes_with_its_cycle(sent, arrives):
    rule = known(Rail.PAYA, date(2026, 11, 23))
    assert arrival(rule, at(sent), {}) == at(arrives)


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ("2026-11-23 07:00", "2026-11-23 09:00"),
        ("2026-11-23 11:00", "2026-11-23 12:00"),
        ("2026-11-23 14:00", "2026-11-24 09:00"),
    ],
)
def test_satna_comes_in_working_hours(sent, arrives):
    rule = known(Rail.SATNA, date(2026, 11, 23))
    assert arrival(rule, at(sent), {}) == at(arrives)


def test_a_sum_is_carried_only_by_rails_that_may():
    moment = at("2026-11-23 09:00")
    rails = {way.rail for way in ways_for(120_000_000, moment, {})}
    assert rails == {Rail.PAYA, Rail.POL, Rail.CARD, Rail.INTERNAL}
    assert Rail.CARD not in {way.rail for way in ways_for(150_000_001, moment, {})}
    assert {way.rail for way in ways_for(5_000_000_000, moment, {})} == {
        Rail.SATNA,
        Rail.INTERNAL,
    }


def test_the_cap_is_the_one_of_the_day():
    before, after = known(Rail.PAYA, date(2024, 5, 1)), known(Rail.PAYA, date(2026, 5, 1))
    assert (before.cap_rial, after.cap_rial) == (1_000_000_000, 2_000_000_000)
    assert rule_of(Rail.PAYA, date(2020, 1, 1)) is None
    assert all(rule.source for rule in RULES)


def test_a_business_corrects_the_calendar(till):
    rule = known(Rail.PAYA, date(2026, 11, 23))
    with acting_for(till.business.id):
        set_holiday(day=date(2026, 11, 23), name="آلودگی هوا")
        set_holiday(day=date(2026, 12, 23), is_closed=False)
        own = closed_days()
    assert arrival(rule, at("2026-11-23 09:00"), own) == at("2026-11-24 05:45")
    assert arrival(rule, at("2026-12-23 09:00"), own) == at("2026-12-23 12:45")


def test_a_sum_above_the_gateway_is_offered_as_a_deposit(till, client):
    # The page lives in our own time; what is over by then gets no identifier.
    till.now = timezone.now()
    invoice = till.invoice(5_000_000_000)
    page = client.get(f"/p/{invoice.pay_token}/").content.decode()
    assert "pay-button" not in page
    assert "transfer-button" in page
    answer = client.post(f"/p/{invoice.pay_token}/transfer/", follow=True)
    body = answer.content.decode()
    with acting_for(till.business.id):
        digits = DepositIdentifier.objects.get(payment=invoice).digits
    shown = body.replace("</span><span>", "")
    assert digits in shown
    assert till.account.iban in shown
    assert "کافه نارنج" in body
    assert "<svg" in body
    deposit = till.hear(5_000_000_000, digits)
    assert deposit.state == "confirmed"
    assert client.get(f"/p/{invoice.pay_token}/transfer/").status_code == 302


def test_without_a_bank_account_nothing_is_offered(till, client):
    invoice = till.invoice()
    with acting_for(till.business.id):
        till.account.is_active = False
        till.account.save()
    page = client.get(f"/p/{invoice.pay_token}/").content.decode()
    assert "pay-button" in page
    assert "transfer-button" not in page
    answer = client.post(f"/p/{invoice.pay_token}/transfer/")
    assert answer.headers["Location"].endswith(f"/p/{invoice.pay_token}/")


@pytest.mark.parametrize("amount", [0, -5, 999])
def test_a_bank_account_does_not_lift_the_gateways_minimum(till, amount):
    with pytest.raises(Problem, match="amount_out_of_range"):
        till.invoice(amount)


def test_beyond_the_gateway_a_transfer_must_be_possible(till):
    assert till.invoice(5_000_000_000).amount_rial == 5_000_000_000
    with acting_for(till.business.id):
        # A card alone takes no such sum.
        BankAccount.objects.filter(id=till.account.id).update(iban="", card="6037991234567893")
    with pytest.raises(Problem, match="amount_out_of_range"):
        till.invoice(5_000_000_000)


def test_a_shop_without_a_gateway_asks_any_sum_by_transfer(till):
    with acting_for(till.business.id):
        ProviderAccount.objects.update(is_active=False)
    assert till.invoice(999).amount_rial == 999
    for wrong in (0, 10**30):
        with pytest.raises(Problem):
            till.invoice(wrong)


def test_the_button_of_the_gateway_follows_the_accounts_own_limits(till, client):
    invoice = till.invoice(2_000_000)
    with acting_for(till.business.id):
        ProviderAccount.objects.update(max_rial=1_000_000)
    page = client.get(f"/p/{invoice.pay_token}/").content.decode()
    assert "pay-button" not in page
    assert "transfer-button" in page


def test_a_program_that_pays_presses_the_gateways_button(till, client):
    page = client.get(f"/p/{till.invoice(2_000_000).pay_token}/").content.decode()
    assert page.split("<footer")[0].count("<form") == 2
    assert only_form(page).action == ""
