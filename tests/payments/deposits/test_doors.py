"""Deposits over HTTP and on pages: the same decisions, by key and by click."""

import base64
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from businesses.models import User
from core.tenancy import acting_for
from payments.enums import PaymentState
from payments.enums.deposits import DepositState
from payments.models import BankAccount, DepositReturn
from payments.operations.deposits import save_bank_account
from tests.payments.deposits.conftest import OURS, THEIRS

API = "/api/v1"


@pytest.fixture
def owner(till):
    client = Client()
    user = User.objects.get(memberships__business_id=till.business.id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(till, path):
    return f"/b/{till.business.slug}/{path}"


def test_an_invoice_is_paid_by_a_text_message_of_the_bank(till, api):
    invoice = till.invoice(2_000_000)
    issued = api("post", "deposit-identifiers", {"payment_id": str(invoice.id)})
    assert issued.status_code == 201
    row = {
        "bank_account_id": str(till.account.id),
        "amount": 2_000_000,
        "at": till.now.isoformat(),
        "reference": "55",
        "identifier": issued.json()["identifier"],
    }
    told = api("post", "deposits", row)
    assert (told.status_code, told.json()["status"]) == (201, "confirmed")
    again = api("post", "deposits", row)
    assert (again.status_code, again.json()["id"]) == (200, told.json()["id"])
    assert till.payment(invoice.id).state == PaymentState.SETTLED


def test_a_stray_deposit_is_split_and_another_goes_back(till, api):
    one, two = till.invoice(300_000), till.invoice(500_000)
    stray, other = till.hear(800_000), till.hear(70_000, source_iban=THEIRS)
    parts = [
        {"amount": 300_000, "payment_id": str(one.id)},
        {"amount": 500_000, "payment_id": str(two.id)},
    ]
    done = api("post", f"deposits/{stray.id}/split", {"parts": parts})
    assert (done.status_code, done.json()["open_amount"]) == (200, 0)
    twice = api("post", f"deposits/{stray.id}/split", {"parts": parts})
    assert (twice.status_code, twice.json()["code"]) == (409, "deposit_not_waiting")
    back = api("post", f"deposits/{other.id}/return", {"note": "اشتباه"}).json()
    (order,) = back["returns"]
    ended = api("post", f"deposit-returns/{order['id']}/end", {"bank_reference": "9"})
    assert ended.status_code == 204
    assert till.see(other.id).state == DepositState.RETURNED
    assert till.wrongs() == []


def test_a_statement_comes_over_http(till, api, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    content = "تاریخ,واریز,شماره پیگیری\n1405/09/02,40000,1\n".encode()
    body = {
        "bank_account_id": str(till.account.id),
        "file_name": "a.csv",
        "content": base64.b64encode(content).decode(),
        "unit": "toman",
    }
    told = api("post", "bank-statements", body)
    assert (told.status_code, told.json()["status"]) == (202, "queued")
    assert told.json()["report"]["came_rial"] == 400_000
    wrong = api("post", "bank-statements", body | {"content": "!"})
    assert wrong.json()["code"] == "invalid_content"


def test_c011_statements_are_listed_newest_first_and_by_state(till, api, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    numbers = iter(range(1, 10))

    def send():
        content = f"تاریخ,واریز,شماره پیگیری\n1405/09/02,40000,{next(numbers)}\n".encode()
        body = {
            "bank_account_id": str(till.account.id),
            "file_name": "ملی.csv",
            "content": base64.b64encode(content).decode(),
            "unit": "toman",
        }
        return api("post", "bank-statements", body).json()["id"]

    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert api.get("bank-statements").status_code == 200
        return len(caught)

    sent = [send()]
    cost()
    one = cost()
    sent += [send(), send()]
    assert cost() == one
    told = api.get("bank-statements").json()
    assert [row["id"] for row in told["data"]] == sent[::-1]
    assert {row["file_name"] for row in told["data"]} == {"ملی.csv"}
    assert {row["bank_account_id"] for row in told["data"]} == {str(till.account.id)}
    first = api.get("bank-statements?limit=2").json()
    rest = api.get(f"bank-statements?limit=2&cursor={first['next_cursor']}").json()
    assert [row["id"] for row in first["data"] + rest["data"]] == sent[::-1]
    assert len(api.get("bank-statements?status=queued").json()["data"]) == len(sent)
    assert api.get("bank-statements?status=done").json()["data"] == []
    assert api.get("bank-statements?cursor=nonsense").status_code == 400


@pytest.mark.parametrize("path", ["deposits", "deposit-identifiers"])
def test_lists_cost_the_same_for_one_and_three(till, api, path):
    def grow(n):
        for _ in range(n):
            till.hear(10_000)
            till.identifier(payment_id=till.invoice().id)

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert api("get", path).status_code == 200
        return len(caught)

    grow(1)
    cost()
    one = cost()
    grow(2)
    assert cost() == one


@pytest.mark.parametrize(
    "path",
    ["deposits/", "deposits/?state=", "deposit-identifiers/", "bank-accounts/", "statements/"],
)
def test_pages_open_and_cost_the_same_for_one_and_three(till, owner, path):
    def grow(n):
        for _ in range(n):
            till.hear(10_000, source_iban=THEIRS, at=till.now + timedelta(minutes=n))
            till.identifier(payment_id=till.invoice().id)

    def cost():
        with CaptureQueriesContext(connection) as caught:
            answer = owner.get(page(till, path))
        assert answer.status_code == 200
        return len(caught)

    empty = cost()
    assert empty
    grow(1)
    one = cost()
    grow(2)
    assert cost() == one


def test_a_click_takes_a_deposit(till, owner):
    invoice = till.invoice(900_000)
    deposit = till.hear(900_000)
    shown = owner.get(page(till, f"deposits/{deposit.id}/")).content.decode()
    assert str(invoice.id) in shown
    owner.post(
        page(till, f"deposits/{deposit.id}/decide/"),
        {"action": "take", "payment_id": str(invoice.id), "customer_id": ""},
    )
    assert till.see(deposit.id).state == DepositState.CONFIRMED
    assert till.see(deposit.id).resolved_by


def test_typed_decisions_and_two_step_returns(till, owner):
    sara = till.customer("09121234567")
    named, strange = till.hear(400_000), till.hear(500_000)
    place = page(till, f"deposits/{named.id}/decide/")
    owner.post(place, {"action": "take", "customer": "09120000000", "order": "", "rest": "keep"})
    assert till.see(named.id).state == DepositState.UNMATCHED
    owner.post(place, {"action": "take", "customer": "۰۹۱۲۱۲۳۴۵۶۷", "order": "", "rest": "keep"})
    assert [sale.customer_id for sale in till.purchases()] == [sara]
    place = page(till, f"deposits/{strange.id}/decide/")
    owner.post(place, {"action": "return", "note": "ناشناس"})
    assert (
        "It could not leave"
        not in owner.get(page(till, f"deposits/{strange.id}/")).content.decode()
    )
    owner.post(place, {"action": "end", "bank_reference": "123"})
    with acting_for(till.business.id):
        assert DepositReturn.objects.get(deposit_id=strange.id).bank_reference == "123"
    assert till.see(strange.id).state == DepositState.RETURNED
    assert owner.post(place, {"action": "nonsense"}).status_code == 404


def test_a_deposit_is_divided_part_after_part_on_its_page(till, owner):
    invoice, sara = till.invoice(300_000), till.customer("09121234567")
    deposit = till.hear(1_000_000)
    place = page(till, f"deposits/{deposit.id}/decide/")
    typed = {"action": "take", "order": "", "customer": "", "rest": "keep"}
    for wrong in (
        {"amount": "30000"},
        {"amount": "30000", "order": invoice.external_id, "customer": "09121234567"},
        {"payment_id": "nonsense"},
    ):
        assert owner.post(place, typed | wrong).status_code == 422
    assert till.see(deposit.id).open_rial == 1_000_000
    owner.post(place, typed | {"amount": "۳۰٬۰۰۰", "order": invoice.external_id})
    owner.post(place, typed | {"amount": "۲۰٬۰۰۰", "customer": "09121234567"})
    assert till.see(deposit.id).open_rial == 500_000
    assert [sale.customer_id for sale in till.purchases() if sale.total_rial == 200_000] == [sara]
    owner.post(place, typed | {"customer": "09121234567"})
    assert till.see(deposit.id).state == DepositState.CONFIRMED
    assert till.wrongs() == []


def test_changing_a_bank_account_keeps_what_is_not_touched(till, owner):
    with acting_for(till.business.id):
        save_bank_account(
            account_id=till.account.id,
            title="ملی",
            iban=OURS,
            owner="کافه نارنج",
            card="6037991234567893",
            check_digits="verhoeff",
            prefix="4210",
            customer_digits=6,
            any_source=False,
            duplicate_seconds=90,
            signature_minutes=15,
            is_active=False,
            now=till.now,
        )
        before = BankAccount.objects.values().get(id=till.account.id)
    shown = owner.get(page(till, f"bank-accounts/?account={till.account.id}")).context["form"]
    typed = {bound.html_name: bound.value() for bound in shown}
    typed = {name: value for name, value in typed.items() if value not in {False, None}}
    answer = owner.post(page(till, "bank-accounts/"), typed | {"title": "ملی شعبهٔ مرکزی"})
    assert answer.status_code == 302
    with acting_for(till.business.id):
        assert BankAccount.objects.values().get() == before | {"title": "ملی شعبهٔ مرکزی"}


def test_a_bank_account_is_added_and_an_unknown_one_is_not_changed(till, owner, other_business):
    place = page(till, "bank-accounts/")
    fresh = {bound.html_name: bound.value() for bound in owner.get(place).context["form"]}
    fresh = {name: value for name, value in fresh.items() if value not in {False, None}}
    answer = owner.post(place, fresh | {"title": "ملت", "iban": THEIRS})
    assert answer.status_code == 302
    assert owner.get(f"{place}?account={other_business.id}").status_code == 404
    assert owner.post(place, fresh | {"account": "x", "title": "x", "iban": ""}).status_code == 404
    with acting_for(till.business.id):
        assert BankAccount.objects.count() == 2


def test_a_line_told_again_is_answered_with_its_own_deposit(till, api):
    row = {"bank_account_id": str(till.account.id), "amount": 70_000}
    lines = [
        row | {"at": (till.now - timedelta(minutes=ago)).isoformat(), "description": "نقدی"}
        for ago in (9, 5)
    ]
    first, second = (api("post", "deposits", line).json()["id"] for line in lines)
    assert first != second
    again = api("post", "deposits", lines[0])
    assert (again.status_code, again.json()["id"]) == (200, first)
