"""Our rows against the provider's: matched, missing, extra, another amount."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from payments.enums import AlertKind
from payments.enums.books import BookAccount, Comparison, ReportKind
from payments.models import Alert, MoneyEntry
from payments.operations import reverse_payment
from payments.operations.books import resolve_line
from payments.operations.books.compare import compare
from payments.providers.contract import LineKind, ReportLine
from payments.queries.books import reconciliation_by_id, reconciliation_lines, trial_balance
from payments.queries.books.ours import OurRow

pytestmark = pytest.mark.django_db


def _told(desk, run_id):
    with acting_for(desk.shop.business.id):
        info = reconciliation_by_id(run_id)
    assert info is not None
    return info


def _counts(desk, run_id):
    return _told(desk, run_id).counts


def _balances(desk):
    with acting_for(desk.shop.business.id):
        return {
            (one.account, one.party): one.balance_rial
            for one in trial_balance()
            if one.balance_rial
        }


def test_a_report_that_agrees(desk, shop):
    payments = [shop.buy(900_000), shop.buy(450_000)]
    run = desk.compare(*map(desk.line, payments))
    assert _counts(desk, run) == {Comparison.MATCHED: 2}
    found = _told(desk, run)
    assert (found.row.ours_rial, found.row.theirs_rial) == (1_350_000, 1_350_000)
    assert found.unresolved == 0
    with acting_for(shop.business.id):
        assert not Alert.objects.exists()


def test_each_difference_is_told_apart(desk, shop):
    agreed, missing, different = shop.buy(900_000), shop.buy(450_000), shop.buy(300_000)
    run = desk.compare(
        desk.line(agreed),
        desk.line(different, amount_rial=299_990),
        ReportLine(kind=LineKind.PAYMENT, reference="X1", amount_rial=70_000, at=shop.now),
    )
    assert _counts(desk, run) == {
        Comparison.MATCHED: 1,
        Comparison.AMOUNT_DIFF: 1,
        Comparison.EXTRA: 1,
        Comparison.MISSING: 1,
    }
    with acting_for(shop.business.id):
        lines = {line.result: line for line in reconciliation_lines(run)}
        assert lines[Comparison.MISSING].payment_id == missing.id
        assert lines[Comparison.AMOUNT_DIFF].payment_id == different.id
        assert lines[Comparison.EXTRA].payment_id is None
        alert = Alert.objects.get(kind=AlertKind.RECONCILIATION)
        assert alert.source_id == run
        assert alert.detail["missing"] == 1


def test_a_payment_at_midnight_is_found_in_the_next_days_report(desk, shop):
    payment = shop.buy()
    run = desk.compare(desk.line(payment), day=desk.day + timedelta(days=1))
    assert _counts(desk, run) == {Comparison.MATCHED: 1}


def test_a_reversal_answers_a_refund_line(desk, shop):
    payment = shop.buy()
    reverse_payment(business_id=shop.business.id, payment_id=payment.id, by="sara", now=shop.now)
    run = desk.compare(desk.line(payment), desk.line(payment, kind=LineKind.REFUND))
    assert _counts(desk, run) == {Comparison.MATCHED: 2}


def test_a_second_report_replaces_the_first_and_keeps_what_was_resolved(desk, shop):
    late, lost = shop.buy(900_000), shop.buy(450_000)
    run = desk.compare()
    with acting_for(shop.business.id):
        line = reconciliation_lines(run).get(payment_id=lost.id)
        assert resolve_line(line_id=line.id, note=" asked them ", by="sara", now=shop.now) == run
        assert resolve_line(line_id=line.id, note="again", by="ali", now=shop.now) == run
    assert desk.compare(desk.line(late)) == run
    with acting_for(shop.business.id):
        kept = reconciliation_lines(run).get(payment_id=lost.id)
        assert (kept.note, kept.resolved_by) == ("asked them", "sara")
        assert _told(desk, run).unresolved == 0
        assert not Alert.objects.filter(resolved_at=None).exists()


def test_the_last_resolved_difference_closes_the_alert(desk, shop):
    shop.buy()
    run = desk.compare()
    with acting_for(shop.business.id):
        assert Alert.objects.filter(resolved_at=None).count() == 1
        resolve_line(line_id=reconciliation_lines(run).get().id, note="", by="s", now=shop.now)
        assert not Alert.objects.filter(resolved_at=None).exists()


def test_what_only_the_provider_knows_is_posted_once(desk, shop):
    payment = shop.buy(900_000)
    known = shop.attempt(payment).fee_rial
    lines = (desk.line(payment, fee_rial=known + 1_500), desk.settlement(800_000))
    place = (BookAccount.PROVIDER, str(desk.account_id))
    for _again in range(3):
        desk.compare(*lines)
        assert _balances(desk) == {
            place: 900_000 - known - 1_500 - 800_000,
            (BookAccount.BANK, ""): 800_000,
            (BookAccount.FEES, ""): known + 1_500,
            (BookAccount.SALES, ""): -900_000,
        }


def test_a_report_that_changes_its_mind_is_corrected_by_the_difference(desk, shop):
    payment = shop.buy(900_000)
    for settled, fee in ((800_000, 9_000), (810_000, 9_500), (790_000, 0)):
        desk.compare(desk.line(payment, fee_rial=fee), desk.settlement(settled))
        balances = _balances(desk)
        assert balances[BookAccount.BANK, ""] == settled
        assert balances.get((BookAccount.FEES, ""), 0) == fee
        assert sum(balances.values()) == 0
    with acting_for(shop.business.id):
        kinds = set(MoneyEntry.objects.values_list("kind", flat=True))
        assert {"settlement", "settlement_2", "settlement_3"} <= kinds


def test_a_line_told_twice_is_refused_and_nothing_is_kept(desk, shop):
    payment = shop.buy()
    with pytest.raises(Problem) as refusal:
        desk.compare(desk.line(payment), desk.line(payment))
    assert refusal.value.code == "same_line_twice"
    with acting_for(shop.business.id):
        assert not MoneyEntry.objects.exclude(kind="payment").exists()


def test_somebody_elses_account_is_not_there(desk, other_business):
    desk.shop.business = other_business
    with pytest.raises(NotFound):
        desk.compare()


_tokens = st.integers(0, 6).map(str)
_amounts = st.integers(1, 4).map(lambda n: n * 10_000)


@given(
    ours=st.dictionaries(_tokens, _amounts, max_size=6),
    theirs=st.dictionaries(_tokens, _amounts, max_size=6),
)
def test_every_row_of_both_sides_is_accounted_for_exactly_once(ours, theirs):
    rows = [
        OurRow(ReportKind.PAYMENT, new_id(), new_id(), frozenset({token}), amount, 0)
        for token, amount in ours.items()
    ]
    at = datetime(2026, 11, 23, tzinfo=UTC)
    lines = [
        ReportLine(kind=LineKind.PAYMENT, reference=token, amount_rial=amount, at=at)
        for token, amount in theirs.items()
    ]
    found = {one.reference: one for one in compare(rows, lines)}
    assert set(found) == set(ours) | set(theirs)
    for token, one in found.items():
        both = token in ours and token in theirs
        same = both and ours[token] == theirs[token]
        expected = Comparison.MATCHED if same else Comparison.AMOUNT_DIFF
        if not both:
            expected = Comparison.MISSING if token in ours else Comparison.EXTRA
        assert one.result is expected
