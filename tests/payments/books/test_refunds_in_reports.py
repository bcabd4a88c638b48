"""Money sent back through the gateway stands in the provider's report like a reversal does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.tenancy import acting_for
from payments.enums.books import Comparison, ReportKind
from payments.enums.refunds import RefundState
from payments.models import Transfer, TransferPart
from payments.providers.contract import LineKind, ReportLine, TransferState
from payments.queries.books import reconciliation_by_id, reconciliation_lines
from tests.payments.books.conftest import Desk
from tests.payments.refunds.conftest import RefundShop, out, refunds

__all__ = ["out", "refunds"]

pytestmark = pytest.mark.django_db


def lines_for(refunds: RefundShop, refund: Transfer) -> list[ReportLine]:
    return [
        ReportLine(
            kind=LineKind.REFUND,
            reference=part.reference,
            amount_rial=part.amount_rial,
            at=refunds.now,
        )
        for part in refunds.parts(refund)
    ]


def counts(desk: Desk, run) -> dict[Comparison, int]:
    with acting_for(desk.shop.business.id):
        info = reconciliation_by_id(run)
        assert info is not None
        return info.counts


def test_each_part_of_a_refund_answers_its_line(desk: Desk, refunds: RefundShop):
    refunds.out.split = 3
    payment = refunds.sold()
    refund = refunds.ask(payment)
    told = lines_for(refunds, refund)
    assert counts(desk, desk.compare(desk.line(payment), *told)) == {Comparison.MATCHED: 4}
    assert counts(desk, desk.compare(desk.line(payment), *told[1:])) == {
        Comparison.MATCHED: 3,
        Comparison.MISSING: 1,
    }


def test_a_refund_the_provider_does_not_tell_of_is_missing(desk: Desk, refunds: RefundShop):
    payment = refunds.sold()
    refund = refunds.ask(payment, 300_000)
    run = desk.compare(desk.line(payment))
    with acting_for(refunds.business_id):
        line = reconciliation_lines(run, result=Comparison.MISSING).get()
        part = TransferPart.objects.get(transfer=refund)
    assert (line.kind, line.source_id) == (ReportKind.REFUND, part.id)
    assert (line.payment_id, line.ours_rial) == (payment.id, 300_000)


def test_refunds_named_by_their_payment_are_told_apart_by_amount(desk: Desk, refunds: RefundShop):
    payment = refunds.sold()
    authority = refunds.shop.attempt(payment).authority or ""
    first, second = refunds.ask(payment, 300_000), refunds.ask(payment, 200_000)
    told = [
        replace(line, reference=f"row-{number}", provider_ref=authority)
        for number, refund in enumerate((second, first))
        for line in lines_for(refunds, refund)
    ]
    run = desk.compare(desk.line(payment), *told)
    assert counts(desk, run) == {Comparison.MATCHED: 3}


def test_a_refund_of_yesterday_is_found_in_todays_report(desk: Desk, refunds: RefundShop):
    refund = refunds.ask(refunds.sold(), 300_000)
    run = desk.compare(*lines_for(refunds, refund), day=desk.day + timedelta(days=1))
    assert counts(desk, run) == {Comparison.MATCHED: 1}


def test_money_that_came_back_is_not_missed_and_still_answers(desk: Desk, refunds: RefundShop):
    payment = refunds.sold()
    refund = refunds.ask(payment, 300_000)
    told = lines_for(refunds, refund)
    refunds.out.become(refund.id, TransferState.RETURNED)
    refunds.wait(days=1)
    assert refunds.see(refund).state == RefundState.RETURNED_AFTER_PAID
    assert counts(desk, desk.compare(desk.line(payment))) == {Comparison.MATCHED: 1}
    assert counts(desk, desk.compare(desk.line(payment), *told)) == {Comparison.MATCHED: 2}
