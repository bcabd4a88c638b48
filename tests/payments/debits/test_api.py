"""Mandates and debits over HTTP, and the customer's own page."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from core.tenancy import acting_for
from payments.models import Mandate
from payments.operations.mandates import revoke_mandate


def key() -> str:
    return uuid4().hex


@pytest.fixture
def asked(collector) -> dict[str, object]:
    return {
        "mobile": "09121234567",
        "bank": "056",
        "max_debit": 5_000_000,
        "max_month_count": 2,
        "expires_at": (collector.now + timedelta(days=400)).isoformat(),
        "purpose": "اقساط گوشی",
    }


def test_a_mandate_is_asked_for_and_ended(collector, api, asked):
    made = api.post("mandates", asked, key=key())
    assert made.status_code == 201, made.content
    body = made.json()
    assert body["sign_url"].startswith("https://bank.test/sign/")
    assert body["status"] == "awaiting_signature"

    ended = api("DELETE", f"mandates/{body['id']}")
    assert (ended.status_code, ended.json()["status"]) == (200, "revoked_by_merchant")
    assert api.get("mandates").json()["data"][0]["sign_url"] is None
    assert api.get("mandates", {"status": "active"}).json()["data"] == []


def test_a_sum_is_made_due_listed_and_taken_back(collector, api):
    mandate_id = collector.active()
    new = {
        "mandate_id": str(mandate_id),
        "amount": 1_000_000,
        "external_id": "قسط-۱",
        "due_at": (collector.now + timedelta(days=2)).isoformat(),
    }
    made = api.post("debits", new, key=key())
    assert made.status_code == 201, made.content
    debit_id = made.json()["id"]
    assert api.get(f"debits/{debit_id}").json()["status"] == "scheduled"
    listed = api.get("debits", {"mandate_id": str(mandate_id)}).json()["data"]
    assert [row["id"] for row in listed] == [debit_id]
    taken = api.post(f"debits/{debit_id}/cancel", key=key())
    assert taken.json()["status"] == "cancelled"


def test_lists_cost_the_same_for_one_and_three(collector, api, django_assert_max_num_queries):
    mandate_id = collector.active()
    collector.due(mandate_id)
    with django_assert_max_num_queries(100) as one:
        api.get("debits")
    collector.due(mandate_id)
    collector.due(mandate_id)
    with django_assert_max_num_queries(len(one)):
        api.get("debits")
    with django_assert_max_num_queries(100) as few:
        api.get("mandates")
    collector.active(mobile="09121111111")
    with django_assert_max_num_queries(len(few)):
        api.get("mandates")


@pytest.mark.parametrize("path", ["debits", "mandates"])
def test_pages_cost_the_same_for_one_and_three(
    collector, owner_client, path, django_assert_max_num_queries
):
    address = f"/b/{collector.business.slug}/{path}/"
    mandate_id = collector.active()
    collector.due(mandate_id)
    owner_client.get(address)
    with django_assert_max_num_queries(100) as one:
        assert owner_client.get(address).status_code == 200
    collector.due(mandate_id)
    collector.due(collector.active(mobile="09121111111"))
    with django_assert_max_num_queries(len(one)):
        owner_client.get(address)


def test_the_owner_sees_every_try_and_its_words(collector, owner_client, work):
    mandate_id = collector.active()
    debit_id = collector.due(mandate_id)
    collector.bank.faults = ["bank-down"]
    work(collector.now)
    base = f"/b/{collector.business.slug}"
    page = owner_client.get(f"{base}/debits/{debit_id}/").content.decode()
    assert "بانک پاسخ نمی‌دهد" in page
    assert "01" in page
    assert owner_client.get(f"{base}/mandates/{mandate_id}/").status_code == 200


def test_the_owner_suspends_resumes_and_ends(collector, owner_client):
    mandate_id = collector.active()
    address = f"/b/{collector.business.slug}/mandates/{mandate_id}/change/"
    for action, state in (
        ("suspend", "suspended"),
        ("resume", "active"),
        ("end", "revoked_by_merchant"),
    ):
        owner_client.post(address, {"action": action})
        assert collector.mandate(mandate_id).state == state


class TestTheCustomersPage:
    def page(self, collector, mandate_id) -> str:
        return f"/m/{collector.mandate(mandate_id).public_token}/"

    def test_it_shows_what_is_due_and_needs_no_login(self, collector):
        mandate_id = collector.active()
        collector.due(mandate_id, description="قسط سوم", due_at=collector.now + timedelta(days=9))
        answer = Client().get(self.page(collector, mandate_id))
        assert answer.status_code == 200
        assert "قسط سوم" in answer.content.decode()

    def test_ending_takes_two_steps(self, collector):
        mandate_id = collector.active()
        address = self.page(collector, mandate_id)
        client = Client()
        first = client.post(address)
        assert "بله، لغو شود" in first.content.decode()
        assert collector.mandate(mandate_id).state == "active"

        assert client.post(address, {"sure": "yes"}).status_code == 303
        assert collector.mandate(mandate_id).state == "revoked_by_customer"
        assert collector.bank.mandates[collector.mandate(mandate_id).authority] == "revoked"

    def test_a_late_confirmation_is_told_honestly(self, collector):
        mandate_id = collector.ask().mandate_id
        with acting_for(collector.business.id):
            Mandate.objects.filter(id=mandate_id).update(state="void", ended_at=collector.now)
        page = Client().get(self.page(collector, mandate_id)).content.decode()
        assert "مجوز باطل شد" in page

    def test_the_way_back_from_the_bank_leads_to_it(self, collector):
        signing = collector.ask()
        mandate = collector.mandate(signing.mandate_id)
        collector.bank.mandates[mandate.authority] = "signed"
        answer = Client().post(
            f"/m/return/{mandate.callback_token}/",
            {"authority": mandate.authority, "status": "OK"},
        )
        assert answer["Location"] == f"/m/{mandate.public_token}/"
        assert collector.mandate(mandate.id).state == "active"

    def test_a_forged_return_is_refused(self, collector):
        mandate = collector.mandate(collector.ask().mandate_id)
        answer = Client().get(f"/m/return/{mandate.callback_token}/", {"authority": "x"})
        assert answer.status_code == 400


def test_a_provider_s_message_only_makes_the_debit_due(collector, work):
    mandate_id = collector.active()
    debit_id = collector.due(mandate_id)
    work(collector.now)
    mandate = collector.mandate(mandate_id)
    (attempt,) = collector.tries(debit_id)
    answer = Client().post(
        f"/m/event/{mandate.callback_token}/",
        {"withdrawal_id": attempt.reference, "status": "REFUND"},
        content_type="application/json",
    )
    assert answer.json() == {"heard": True}
    assert collector.see(debit_id).state == "collected"
    with acting_for(collector.business.id):
        revoke_mandate(mandate_id=mandate_id, by_customer=False, now=collector.now)
    answer = Client().post(f"/m/event/{mandate.callback_token}/", {"withdrawal_id": "?"})
    assert answer.json() == {"heard": False}
