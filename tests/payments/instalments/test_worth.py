"""C029, ADR 55: the limit of credit goes by what a customer is foreseen to buy, within bounds."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Problem
from core.tenancy import acting_for
from payments.enums.instalments import CapBasis, CreditRefusal
from payments.models import Instalment
from payments.queries.instalments.credit import Terms, cap_for, offer_to
from tests.payments.instalments.conftest import Lender
from tests.payments.instalments.foreseen import foresee

SUMS = st.integers(0, 10**12)


@given(
    newcomer=SUMS,
    most=SUMS,
    lends=st.booleans(),
    percent=st.integers(0, 1000),
    worths=st.tuples(SUMS, SUMS).map(sorted),
)
def test_c029_worth_moves_the_cap_between_a_strangers_and_the_owners_most(
    newcomer, most, lends, percent, worths
):
    """Never above the most, never below a stranger's within it; more worth is never less credit."""
    terms = Terms(
        is_on=True,
        lends_without_history=lends,
        newcomer_rial=newcomer,
        most_customer_rial=most,
        worth_percent=percent,
    )
    low, high = (cap_for(has_grade=True, worth_rial=one, terms=terms) for one in worths)
    assert min(newcomer if lends else 0, most) <= low.rial <= high.rial <= most
    if not percent:
        assert low.rial == most
    unknown = cap_for(has_grade=True, worth_rial=None, terms=terms)
    assert (unknown.rial, unknown.basis) == (most, CapBasis.MOST)
    stranger = cap_for(has_grade=False, worth_rial=worths[1], terms=terms)
    assert (stranger.rial, stranger.basis) == (newcomer, CapBasis.NEWCOMER)


@pytest.fixture
def proven(lender: Lender) -> Lender:
    """Somebody who paid six instalments in time and owes nothing."""
    lender.sell(count=6)
    with acting_for(lender.shop.business.id):
        for part in Instalment.objects.all():
            part.due_on -= timedelta(days=300)
            part.state, part.paid_on = "paid", part.due_on
            part.save()
    lender.terms(worth_percent=50, lends_without_history=True, newcomer_rial=5_000_000)
    return lender


@pytest.mark.parametrize(
    ("worth", "limit", "basis"),
    [
        (None, 50_000_000, CapBasis.MOST),
        (200_000_000, 50_000_000, CapBasis.MOST),
        (60_000_000, 30_000_000, CapBasis.WORTH),
        (60_190_007, 30_000_000, CapBasis.WORTH),
        (4_000_000, 5_000_000, CapBasis.LEAST),
    ],
)
def test_c029_what_is_foreseen_sets_the_limit_and_says_so(proven: Lender, api, worth, limit, basis):
    with acting_for(proven.shop.business.id):
        if worth is not None:
            foresee(proven.customer_id, worth)
        offer = offer_to(proven.customer_id, today=proven.today)
    assert (offer.limit_rial, offer.cap.basis, offer.refusal) == (limit, basis, None)
    wanted = {"customer_id": str(proven.customer_id), "amount": limit + 1}
    told = api("post", "credit/eligibility", wanted).json()
    assert told["cap"] == {"amount": limit, "basis": basis.value, "foreseen_worth": worth}
    assert told["eligible"] is False
    assert api.get("credit/customers").json()["data"][0]["cap"] == told["cap"]


def test_c029_a_sale_beyond_it_is_refused_with_the_reason(proven: Lender):
    with acting_for(proven.shop.business.id):
        foresee(proven.customer_id, 12_000_000)
    with pytest.raises(Problem) as refused:
        proven.sell()
    assert refused.value.extra["reason"] == CreditRefusal.LOW_WORTH
    proven.terms(worth_percent=0)
    proven.sell()


def test_c029_the_shops_own_cap_bounds_it_still(proven: Lender):
    with acting_for(proven.shop.business.id):
        foresee(proven.customer_id, 60_000_000)
    proven.terms(worth_percent=50, most_total_rial=20_000_000)
    with acting_for(proven.shop.business.id):
        offer = offer_to(proven.customer_id, today=proven.today)
    assert (offer.cap.rial, offer.limit_rial) == (30_000_000, 11_000_000)
