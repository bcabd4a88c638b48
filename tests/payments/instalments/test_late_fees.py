"""A fee for being late: off unless set, agreed on before, once, paid, let go, owed again (C028)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.tenancy import acting_for
from messaging.models import Message
from payments.models import Instalment, LateFee, MoneyEntry, Payment
from payments.operations import reverse_payment
from payments.operations.instalments import (
    ask_for_instalment,
    ask_for_late_fee,
    cancel_plan,
    step_instalment,
    waive_late_fee,
)
from payments.queries.invariants import broken

FEE = 500_000


def books(lender, account: str) -> int:
    with acting_for(lender.shop.business.id):
        rows = MoneyEntry.objects.filter(account=account)
        return sum(rows.values_list("amount_rial", flat=True))


def fees(lender) -> list[LateFee]:
    with acting_for(lender.shop.business.id):
        return list(LateFee.objects.order_by("charged_at", "id"))


def pass_days(lender, as_role, part: Instalment, days: int) -> None:
    """Take every step of an instalment until so many days after its day."""
    with as_role("vafa_worker"):
        for day in range(-4, days + 1):
            moment = lender.shop.now + (part.due_on - lender.today) + timedelta(days=day, hours=9)
            while step_instalment(
                business_id=lender.shop.business.id, instalment_id=part.id, now=moment
            ):
                pass


@pytest.fixture
def late(lender, as_role):
    """Return a plan with a fee in its contract, its first instalment three weeks late."""
    lender.terms(
        lends_without_history=True,
        newcomer_rial=50_000_000,
        late_fee_rial=FEE,
        late_fee_after_days=2,
    )
    plan = lender.sell()
    pass_days(lender, as_role, lender.parts(plan)[0], 21)
    return plan


def test_it_is_off_until_a_business_sets_one(lender, as_role):
    plan = lender.sell()
    assert plan.late_fee_rial == 0
    pass_days(lender, as_role, lender.parts(plan)[0], 60)
    assert fees(lender) == []
    assert books(lender, "late_fees") == 0


def test_charged_once_however_late_and_told_with_it(lender, late):
    (fee,) = fees(lender)
    assert (fee.amount_rial, fee.state) == (FEE, "open")
    assert books(lender, "late_fees") == -FEE
    assert books(lender, "receivable") == late.credit_rial + FEE
    with acting_for(lender.shop.business.id):
        told = [one.body for one in Message.objects.all() if "دیرکرد" in one.body]
        assert len(told) == 1
        assert f"/i/{late.token}/" in told[0]
        assert broken(lender.shop.now) == []


def test_a_contract_keeps_the_fee_it_was_made_with(lender, as_role):
    plan = lender.sell()
    lender.terms(late_fee_rial=FEE, late_fee_after_days=0)
    pass_days(lender, as_role, lender.parts(plan)[0], 40)
    assert fees(lender) == []


def test_not_before_the_grace_and_the_days_are_over(lender, as_role):
    lender.terms(
        lends_without_history=True,
        newcomer_rial=50_000_000,
        late_fee_rial=FEE,
        late_fee_after_days=2,
        grace_days=3,
    )
    plan = lender.sell()
    pass_days(lender, as_role, lender.parts(plan)[0], 5)
    assert fees(lender) == []


def test_paid_by_a_payment_of_its_own_that_is_no_sale(lender, late, purchases_of):
    (fee,) = fees(lender)
    sales = len(purchases_of(lender.shop.business.id))
    owed = books(lender, "receivable")
    with acting_for(lender.shop.business.id):
        asked = ask_for_late_fee(late_fee_id=fee.id, now=lender.shop.now)
        again = ask_for_late_fee(late_fee_id=fee.id, now=lender.shop.now)
        assert asked is not None
        assert again is not None
        assert again.id == asked.id
    lender.pay(asked, lender.shop.now)

    (fee,) = fees(lender)
    assert (fee.state, fee.payment_id) == ("paid", asked.id)
    assert books(lender, "receivable") == owed - FEE
    assert len(purchases_of(lender.shop.business.id)) == sales
    with acting_for(lender.shop.business.id):
        assert ask_for_late_fee(late_fee_id=fee.id, now=lender.shop.now) is None
        assert broken(lender.shop.now) == []

    # The money goes back: the fee is owed again and can be paid anew.
    reverse_payment(
        business_id=lender.shop.business.id, payment_id=asked.id, by="sara", now=lender.shop.now
    )
    (fee,) = fees(lender)
    assert (fee.state, fee.payment_id, fee.ended_at) == ("open", None, None)
    assert books(lender, "receivable") == owed


def test_let_go_once_and_for_good(lender, late):
    (fee,) = fees(lender)
    with acting_for(lender.shop.business.id):
        for _again in range(2):
            waive_late_fee(late_fee_id=fee.id, by="سارا", now=lender.shop.now)
        assert ask_for_late_fee(late_fee_id=fee.id, now=lender.shop.now) is None
    (fee,) = fees(lender)
    assert (fee.state, fee.waived_by) == ("waived", "سارا")
    assert books(lender, "late_fees") == 0
    assert books(lender, "receivable") == late.credit_rial


def test_goods_that_came_back_cost_no_fee(lender, late):
    with acting_for(lender.shop.business.id):
        cancel_plan(plan_id=late.id, now=lender.shop.now)
    assert fees(lender)[0].state == "waived"
    assert books(lender, "receivable") == books(lender, "late_fees") == 0


def test_the_instalment_itself_costs_what_it_did(lender, late):
    part = lender.parts(late)[0]
    with acting_for(lender.shop.business.id):
        asked = ask_for_instalment(instalment_id=part.id, now=lender.shop.now)
        assert asked is not None
        assert Payment.objects.get(id=asked.id).amount_rial == part.amount_rial


def test_the_database_charges_an_instalment_once(lender, late):
    (fee,) = fees(lender)
    with acting_for(lender.shop.business.id), pytest.raises(IntegrityError), transaction.atomic():
        LateFee.objects.create(
            instalment_id=fee.instalment_id, amount_rial=FEE, charged_at=lender.shop.now
        )


def test_over_the_api(lender, late, api):
    (fee,) = fees(lender)
    plan = api.get(f"instalment-plans/{late.id}").json()
    assert (plan["late_fee"], plan["late_fee_after_days"]) == (FEE, 2)
    assert plan["instalments"][0]["late_fee"]["id"] == str(fee.id)
    assert plan["instalments"][1]["late_fee"] is None
    paying = api.post(f"late-fees/{fee.id}/payment", key=uuid4().hex)
    assert (paying.status_code, "/p/" in paying.json()["pay_url"]) == (201, True)
    waived = api.post(f"late-fees/{fee.id}/waive", key=uuid4().hex)
    assert (waived.status_code, waived.json()["status"]) == (200, "waived")
    again = api.post(f"late-fees/{fee.id}/payment", key=uuid4().hex)
    assert (again.status_code, again.json()["code"]) == (409, "late_fee_not_open")
    assert api.post(f"late-fees/{uuid4()}/waive", key=uuid4().hex).status_code == 404


def test_the_customer_reads_it_and_pays_it(lender, late):
    page = Client().get(f"/i/{late.token}/").content.decode()
    assert "دیرکرد" in page
    assert "۵۰٬۰۰۰" in page
    answer = Client().post(f"/i/{late.token}/fee/1/")
    assert (answer.status_code, "/p/" in answer["Location"]) == (303, True)
    assert Client().post(f"/i/{late.token}/fee/2/").status_code == 404


def test_the_owner_sets_sees_and_lets_go(lender, late, owner_client):
    base = f"/b/{lender.shop.business.slug}"
    (fee,) = fees(lender)
    answer = owner_client.get(f"{base}/instalments/plans/{late.id}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "کارمزد دیرکرد" in page
    answer = owner_client.post(f"{base}/late-fees/{fee.id}/ask/")
    assert (answer.status_code, "/p/" in answer["Location"]) == (302, True)
    owner_client.post(f"{base}/late-fees/{fee.id}/waive/")
    assert fees(lender)[0].state == "waived"
    page = owner_client.get(f"{base}/instalments/terms/").content.decode()
    assert "۵۰٬۰۰۰" in page


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deeds=st.lists(st.sampled_from(["ask", "waive", "step", "cancel"]), max_size=6))
def test_whatever_happens_books_and_fees_agree(lender, late, as_role, deeds):
    """Σ of what is owed in the books = open instalments + open fees, after any sequence."""
    part = lender.parts(late)[0]
    for deed in deeds:
        with acting_for(lender.shop.business.id):
            (fee,) = LateFee.objects.all()
            if deed == "ask":
                ask_for_late_fee(late_fee_id=fee.id, now=lender.shop.now)
            elif deed == "waive":
                waive_late_fee(late_fee_id=fee.id, by="x", now=lender.shop.now)
            elif deed == "cancel":
                cancel_plan(plan_id=late.id, now=lender.shop.now)
        if deed == "step":
            pass_days(lender, as_role, part, 40)
    with acting_for(lender.shop.business.id):
        owed = sum(Instalment.objects.filter(state="open").values_list("amount_rial", flat=True))
        owed += sum(LateFee.objects.filter(state="open").values_list("amount_rial", flat=True))
        assert broken(lender.shop.now) == []
    assert books(lender, "receivable") == owed


def test_the_customers_page_tells_how_well_they_pay(lender, late, owner_client):
    """C026: the good-payer grade stands on the customer's page, with what it rests on."""
    base = f"/b/{lender.shop.business.slug}"
    page = owner_client.get(f"{base}/customers/{lender.customer_id}/").content.decode()
    assert "خوش‌حسابی" not in page  # nothing was due yet by the clock of today

    with acting_for(lender.shop.business.id):
        Instalment.objects.filter(plan=late).update(due_on=lender.today - timedelta(days=40))
    page = owner_client.get(f"{base}/customers/{lender.customer_id}/").content.decode()
    assert "خوش‌حسابی" in page
    assert "تومان بدهکار" in page


def test_the_seller_is_told_of_the_fee_before_selling(lender, late, owner_client):
    base = f"/b/{lender.shop.business.slug}"
    typed = {
        "mobile": "09121234567",
        "title": "کیف",
        "total": "1200000",
        "down": "300000",
        "down_method": "pos",
        "count": "3",
        "action": "look",
    }
    page = owner_client.post(f"{base}/instalments/new/", typed).content.decode()
    assert "دیرکرد" in page
