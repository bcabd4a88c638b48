"""Points that wait for a stranger, claimed by receipt and code; and what frauds meet (4.6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.models import (
    Customer,
    CustomerIdentity,
    CustomerTotals,
    MergeSuggestion,
    OneTimeCode,
    Purchase,
)
from customers.operations import CardHint, CustomerHint, claim_purchase, record_return
from customers.operations.purchases.claiming import MOST
from customers.queries import invariants as customers_hold
from customers.queries.own_page import claim_token
from loyalty.api.parts import receipt_part
from loyalty.models import Lot, Program
from loyalty.operations.claims import ask_claim_code, claim_by_code
from loyalty.queries.invariants import broken
from loyalty.queries.wallets import ledger, wallet_view
from messaging.models import Message
from tests.customers.codes.conftest import other_than, texted
from tests.loyalty.conftest import FAR
from tests.loyalty.own.conftest import MOBILE, age_codes, sell, told

pytestmark = pytest.mark.django_db
CARD = CustomerHint(card=CardHint(masked_pan="603799******4431", hash="0f1e2d"))
OTHER = "09351112233"


@pytest.fixture(autouse=True)
def _whole(business):
    yield
    with acting_for(business.id):
        assert broken(timezone.now() + FAR) == []
        assert customers_hold.broken(timezone.now()) == []


@pytest.fixture
def by_card(business):
    """A purchase paid by a card nobody knows."""
    return sell(business, customer=CARD).purchase_id


def buyer(purchase_id) -> Any:
    """Return whose a purchase is."""
    return Purchase.objects.get(id=purchase_id).customer


def address(business, purchase_id):
    with acting_for(business.id):
        return f"/k/{claim_token(purchase_id)}/"


def claimed(business, purchase_id, mobile=MOBILE):
    """Ask for the code and type it; return the outcome."""
    with acting_for(business.id):
        ask_claim_code(purchase_id=purchase_id, mobile=mobile, now=timezone.now())
    code = texted(business)
    with acting_for(business.id):
        return claim_by_code(purchase_id=purchase_id, mobile=mobile, code=code, now=timezone.now())


def test_whoever_pays_by_card_takes_the_points_with_receipt_and_code(business, by_card):
    with acting_for(business.id):
        Program.objects.update(pending_days=0)
        points = Lot.objects.get(id=by_card).remaining_points
        said = receipt_part(by_card, timezone.now())
    url = said["claim"]["url"]
    assert "own_page" not in said
    browser = Client()
    assert "امتیاز منتظر شماست" in told(browser.get(url))
    assert browser.post(url, {"mobile": MOBILE}).context["asks_code"]
    wrong = browser.post(url, {"mobile": MOBILE, "code": other_than(texted(business))})
    assert (wrong.status_code, wrong.context["asks_code"]) == (422, True)
    done = browser.post(url, {"mobile": MOBILE, "code": texted(business)})
    assert done.status_code == 200
    assert done.context["wallet"].balance_points == points > 0
    page = browser.get(f"/c/{business.slug}/")
    assert page.context["page"].wallet.balance_points == points
    with acting_for(business.id):
        owner = buyer(by_card)
        assert owner.mobile == "+989121234567"
        assert CustomerTotals.objects.get(id=owner.id).purchases == 1
        mobile = CustomerIdentity.objects.get(customer=owner, kind="mobile")
        assert mobile.verified_at is not None
        kinds = list(ledger(owner.id).values_list("kind", flat=True))
        assert sorted(kinds) == ["activate", "claim"]
        assert "claim" not in receipt_part(by_card, timezone.now())
    assert "صاحب" in told(browser.get(url))


def test_a_purchase_of_nobody_at_all_is_claimed_too(business):
    bare = sell(business, customer=None).purchase_id
    claim = claimed(business, bare)
    with acting_for(business.id):
        assert Purchase.objects.get(id=bare).customer_id == claim.customer_id
        assert wallet_view(claim.customer_id, timezone.now()).pending_points > 0 or (
            wallet_view(claim.customer_id, timezone.now()).balance_points > 0
        )


def test_one_receipt_is_one_purchase_and_the_card_stays_a_strangers(business, by_card):
    """Cards are shared: the rest of what a card bought is only suggested (complaint 4.6)."""
    earlier = sell(business, customer=CARD).purchase_id
    claim = claimed(business, by_card)
    with acting_for(business.id):
        stranger = buyer(earlier)
        assert stranger.status == "provisional"
        assert stranger.id != claim.customer_id
        assert CustomerIdentity.objects.get(kind="card").customer_id == stranger.id
        assert Lot.objects.get(id=earlier).state == "contingent"
        (suggestion,) = MergeSuggestion.objects.all()
        assert {suggestion.first_id, suggestion.second_id} == {stranger.id, claim.customer_id}
        assert suggestion.because == ["card"]


def test_a_purchase_somebody_known_owns_is_never_taken_over(business):
    theirs = sell(business).purchase_id
    with acting_for(business.id):
        owner = Purchase.objects.get(id=theirs).customer_id
    browser, url = Client(), address(business, theirs)
    assert "صاحب" in told(browser.get(url))
    answer = browser.post(url, {"mobile": OTHER})
    assert answer.status_code == 422
    with acting_for(business.id):
        assert not Message.objects.filter(purpose="otp").exists()
        other = sell(business, customer=CustomerHint(mobile=OTHER)).customer_id
        with pytest.raises(Problem, match="purchase_has_owner"):
            claim_purchase(purchase_id=theirs, customer_id=other, now=timezone.now())
        assert Purchase.objects.get(id=theirs).customer_id == owner


def test_the_card_of_somebody_known_brings_no_claim(business):
    """Two payments agreed on the card: what it pays is its owner's, whoever has the receipt."""
    both = CustomerHint(mobile=MOBILE, card=CARD.card)
    for _time in range(2):
        sell(business, customer=both)
    paid = sell(business, customer=CARD)
    with acting_for(business.id):
        assert Customer.objects.get(id=paid.customer_id).mobile == "+989121234567"
        with pytest.raises(Problem, match="purchase_has_owner"):
            ask_claim_code(purchase_id=paid.purchase_id, mobile=OTHER, now=timezone.now())


def test_the_second_claim_of_one_receipt_is_refused_clearly(business, by_card):
    first = claimed(business, by_card)
    with acting_for(business.id), pytest.raises(Problem) as refused:
        ask_claim_code(purchase_id=by_card, mobile=OTHER, now=timezone.now())
    assert (refused.value.code, refused.value.status) == ("purchase_has_owner", 409)
    with acting_for(business.id):
        mine = {"purchase_id": by_card, "customer_id": first.customer_id}
        assert claim_purchase(**mine, now=timezone.now()) is False


def test_a_code_for_one_receipt_claims_no_other(business, by_card):
    other = sell(business, customer=None).purchase_id
    with acting_for(business.id):
        ask_claim_code(purchase_id=by_card, mobile=MOBILE, now=timezone.now())
    code = texted(business)
    with acting_for(business.id):
        claim = claim_by_code(purchase_id=other, mobile=MOBILE, code=code, now=timezone.now())
    assert claim.check.refusal == "code_wrong"
    assert claim.customer_id is None
    with acting_for(business.id):
        assert Customer.objects.filter(mobile__isnull=False).count() == 0


def test_whoever_lost_the_race_keeps_the_code_and_hears_why(business, by_card):
    with acting_for(business.id):
        ask_claim_code(purchase_id=by_card, mobile=OTHER, now=timezone.now())
    late = texted(business)
    claimed(business, by_card)
    url = address(business, by_card)
    answer = Client().post(url, {"mobile": OTHER, "code": late})
    assert answer.status_code == 422
    assert "صاحب" in told(answer)
    with acting_for(business.id):
        assert OneTimeCode.objects.filter(state="live").count() == 1
        assert not Customer.objects.filter(mobile="+989351112233").exists()


def test_gathering_receipts_ends_at_ten_in_thirty_days(business):
    first = sell(business)
    receipts = [sell(business, customer=None).purchase_id for _ in range(MOST + 1)]
    now = timezone.now()
    with acting_for(business.id):
        for receipt in receipts[:MOST]:
            assert claim_purchase(purchase_id=receipt, customer_id=first.customer_id, now=now)
        with pytest.raises(Problem, match="too_many_claims"):
            claim_purchase(purchase_id=receipts[MOST], customer_id=first.customer_id, now=now)
        later = now + timedelta(days=31)
        claim_purchase(purchase_id=receipts[MOST], customer_id=first.customer_id, now=later)


def test_what_came_back_meanwhile_is_not_claimed(business, by_card):
    with acting_for(business.id):
        record_return(purchase_id=by_card, external_id="r-1", amount_rial=None, now=timezone.now())
        with pytest.raises(Problem, match="purchase_has_owner"):
            ask_claim_code(purchase_id=by_card, mobile=MOBILE, now=timezone.now())


def test_a_return_after_the_claim_takes_the_points_back(business, by_card):
    claim = claimed(business, by_card)
    with acting_for(business.id):
        record_return(purchase_id=by_card, external_id="r-1", amount_rial=None, now=timezone.now())
        wallet = wallet_view(claim.customer_id, timezone.now())
    assert (wallet.balance_points, wallet.pending_points) == (0, 0)


def test_links_of_others_lead_nowhere(business, other_business, by_card):
    with acting_for(other_business.id):
        foreign = f"/k/{claim_token(by_card)}/"
        with pytest.raises(NotFound):
            ask_claim_code(purchase_id=by_card, mobile=MOBILE, now=timezone.now())
    assert Client().get(foreign).status_code == 404
    assert Client().post(foreign, {"mobile": MOBILE}).status_code == 404
    good = address(business, by_card)
    assert Client().get(f"{good[:-2]}{'A' if good[-2] != 'A' else 'B'}/").status_code == 404
    with acting_for(business.id), pytest.raises(NotFound):
        claim_purchase(purchase_id=new_id(), customer_id=new_id(), now=timezone.now())


def test_asking_too_often_for_one_number_is_refused(business, by_card):
    browser, url = Client(), address(business, by_card)
    for _time in range(6):
        assert browser.post(url, {"mobile": MOBILE}).context["asks_code"]
        age_codes(business)
    answer = browser.post(url, {"mobile": MOBILE})
    assert (answer.status_code, answer.context["asks_code"]) == (422, False)


def test_two_people_claiming_at_once_one_wins(in_parallel, business):
    receipt = sell(business, customer=None).purchase_id
    codes = {}
    for mobile in (MOBILE, OTHER):
        with acting_for(business.id):
            ask_claim_code(purchase_id=receipt, mobile=mobile, now=timezone.now())
        codes[mobile] = texted(business)

    def taking(mobile):
        def work():
            try:
                with acting_for(business.id):
                    claim = claim_by_code(
                        purchase_id=receipt,
                        mobile=mobile,
                        code=codes[mobile],
                        now=timezone.now(),
                    )
            except Problem as problem:
                return problem.code
            return claim.customer_id

        return work

    answers = in_parallel(*[taking(mobile) for mobile in codes])
    assert answers.count("purchase_has_owner") == 1
    (winner,) = [one for one in answers if one != "purchase_has_owner"]
    with acting_for(business.id):
        assert Purchase.objects.get(id=receipt).customer_id == winner
        assert Lot.objects.get(id=receipt).customer_id == winner
