"""A bank's line is one row and one deposit, whoever tells of it and how often."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.ids import new_id
from core.tenancy import acting_for
from payments.enums import BookAccount
from payments.enums.deposits import RowSource
from payments.models import BankRow, Deposit
from payments.operations.deposits import HeardRow, hear_rows


def hear(till, rows, source=RowSource.STATEMENT):
    with acting_for(till.business.id):
        return hear_rows(account_id=till.account.id, rows=rows, source=source, now=till.now)


def test_the_same_statement_twice_adds_nothing(till):
    rows = [
        HeardRow(amount_rial=900_000, at=till.now, bank_reference="1"),
        HeardRow(amount_rial=900_000, at=till.now, bank_reference="2"),
        HeardRow(amount_rial=-50_000, at=till.now, bank_reference="3"),
        HeardRow(amount_rial=70_000, at=till.now, description="بدون شماره"),
    ]
    first, again = hear(till, rows), hear(till, rows)
    assert (first.new, first.known, len(first.deposit_ids)) == (4, 0, 3)
    assert (again.new, again.known, again.deposit_ids) == (0, 4, [])
    assert till.book(BookAccount.BANK) == 1_870_000


def test_equal_lines_of_one_file_are_told_apart(till):
    line = HeardRow(amount_rial=900_000, at=till.now, description="x")
    twin = HeardRow(amount_rial=900_000, at=till.now, description="x", ordinal=1)
    assert hear(till, [line, twin]).new == 2
    assert hear(till, [line, twin]).new == 0


def test_a_line_of_the_feed_is_the_line_of_the_statement(till):
    fed = HeardRow(amount_rial=900_000, at=till.now, bank_reference="B1", provider_reference="P1")
    told = HeardRow(amount_rial=900_000, at=till.now + timedelta(minutes=3), bank_reference="B1")
    assert hear(till, [fed], RowSource.FEED).new == 1
    assert hear(till, [told]).new == 0
    assert hear(till, [fed], RowSource.FEED).new == 0


def test_two_rows_of_a_provider_under_one_bank_reference_are_two(till):
    rows = [
        HeardRow(amount_rial=5_000, at=till.now, bank_reference="B", provider_reference=name)
        for name in ("P1", "P2")
    ]
    assert [hear(till, [row], RowSource.FEED).new for row in rows] == [1, 1]
    assert [hear(till, [row], RowSource.FEED).new for row in rows] == [0, 0]


def test_a_row_is_used_once_and_never_changed(till, as_role):
    deposit = till.hear(900_000)
    with acting_for(till.business.id):
        with pytest.raises(IntegrityError), transaction.atomic():
            Deposit.objects.create(
                id=new_id(),
                row_id=deposit.row_id,
                account=till.account,
                amount_rial=900_000,
                at=till.now,
                detected_at=till.now,
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            Deposit.objects.filter(id=deposit.id).update(allocated_rial=900_001)
    with pytest.raises(Exception, match=r"permission denied|append"), acting_for(till.business.id):
        BankRow.objects.filter(id=deposit.row_id).update(amount_rial=1)


def test_many_at_once_hear_a_row_once(till, in_parallel):
    row = HeardRow(amount_rial=900_000, at=till.now, bank_reference="only")
    found = in_parallel(*[lambda: hear(till, [row]).new] * 8)
    assert sorted(found) == [0] * 7 + [1]


def test_many_judges_credit_once(till, in_parallel):
    invoice = till.invoice(900_000)
    digits = till.identifier(payment_id=invoice.id).digits
    deposit = till.hear(900_000, digits, judged=False)
    in_parallel(*[lambda: till.run(deposit.id)] * 8)
    assert till.see(deposit.id).state == "confirmed"
    assert len(till.purchases()) == 1
    assert till.wrongs() == []


def test_two_deposits_race_for_one_invoice(till, in_parallel):
    invoice = till.invoice(900_000)
    digits = till.identifier(payment_id=invoice.id).digits
    deposits = [
        till.hear(900_000, digits, judged=False, at=till.now + timedelta(hours=n)) for n in range(4)
    ]
    in_parallel(*[lambda one=one: till.run(one.id) for one in deposits])
    states = sorted(till.see(one.id).state for one in deposits)
    assert states == ["confirmed", "unmatched", "unmatched", "unmatched"]
    assert len(till.purchases()) == 1
    assert till.book(BookAccount.UNMATCHED) == -2_700_000
    assert till.wrongs() == []
