"""Trial balance and monthly statement: parts that sum, months that meet."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.calendar import TEHRAN
from core.ids import new_id
from core.tenancy import acting_for
from payments.enums import BookAccount
from payments.models import MoneyEntry
from payments.operations.journal import Unbalanced, post_money
from payments.queries.books import day_flows, monthly_statement, trial_balance

pytestmark = pytest.mark.django_db

CASH, SALES = (BookAccount.BANK, ""), (BookAccount.SALES, "")


def _post(business, at, amount, kind="payment"):
    with acting_for(business.id):
        post_money(kind=kind, source_id=new_id(), lines={CASH: amount, SALES: -amount}, now=at)


def _write_half(business, now):
    with transaction.atomic(), acting_for(business.id):
        MoneyEntry.objects.create(
            kind="x", source_id=new_id(), account=BookAccount.BANK, amount_rial=5, at=now
        )
        transaction.get_connection().check_constraints()


def test_a_posting_must_sum_to_zero_in_code_and_in_the_database(business, now):
    with acting_for(business.id), pytest.raises(Unbalanced):
        post_money(kind="x", source_id=new_id(), lines={CASH: 5}, now=now)
    with pytest.raises(IntegrityError):
        _write_half(business, now)


def test_the_same_fact_is_posted_once(business, now):
    source = new_id()
    with acting_for(business.id):
        post_money(kind="x", source_id=source, lines={CASH: 5, SALES: -5}, now=now)
        with pytest.raises(IntegrityError), transaction.atomic():
            post_money(kind="x", source_id=source, lines={CASH: 5, SALES: -5}, now=now)


def test_balances_sum_to_zero_and_months_meet(business):
    # 1 Azar 1405 is 22 November 2026; 20:30 UTC is its midnight in Tehran.
    edge = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
    _post(business, edge - timedelta(seconds=1), 100)
    _post(business, edge, 30)
    with acting_for(business.id):
        assert sum(one.balance_rial for one in trial_balance()) == 0
        aban = monthly_statement(date(2026, 11, 21), zone=TEHRAN)
        azar = monthly_statement(date(2026, 11, 22), zone=TEHRAN)
    assert (azar.since, azar.until) == (date(2026, 11, 22), date(2026, 12, 22))
    assert aban.moved(BookAccount.BANK) == 100
    assert azar.moved(BookAccount.BANK) == 30
    closing = {row.account: row.closing_rial for row in aban.rows}
    opening = {row.account: row.opening_rial for row in azar.rows}
    assert closing == opening == {BookAccount.BANK: 100, BookAccount.SALES: -100}


def test_flows_by_business_day(business, now):
    _post(business, now, 70)
    _post(business, now - timedelta(days=1), 50)
    with acting_for(business.id):
        flows = day_flows(since=date(2026, 11, 22), until=date(2026, 11, 24), zone=TEHRAN)
    assert [(one.day, one.in_rial) for one in flows] == [
        (date(2026, 11, 22), 50),
        (date(2026, 11, 23), 70),
    ]
