"""Permissions and regular debits begun by people and programs (C025): pages and API."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from businesses.enums import Role
from businesses.models import Membership
from core.calendar import Jalali
from core.errors import Problem
from core.tenancy import acting_for
from messaging.models import Message
from payments.models import Debit, DebitSchedule, Mandate, ProviderAccount
from payments.operations.debits import NewSchedule, start_schedule
from payments.operations.mandates import send_signing


def key() -> str:
    return uuid4().hex


def debits(collector) -> list[Debit]:
    with acting_for(collector.business.id):
        return list(Debit.objects.order_by("due_at"))


def schedule(collector) -> DebitSchedule:
    with acting_for(collector.business.id):
        return DebitSchedule.objects.get()


@pytest.fixture
def asked(collector) -> dict[str, Any]:
    return {
        "mandate_id": str(collector.active()),
        "amount": 1_000_000,
        "first_on": (timezone.now() + timedelta(days=3)).date().isoformat(),
        "description": "شهریهٔ کلاس",
        "times": 4,
    }


class TestOverTheApi:
    def test_begun_paused_resumed_and_ended(self, collector, api, asked):
        made = api.post("debit-schedules", asked, key=key())
        assert made.status_code == 201, made.content
        row = made.json()
        assert (row["status"], row["made"], row["every"]) == ("active", 2, "month")
        assert [one.amount_rial for one in debits(collector)] == [1_000_000] * 2

        for deed, status, left in (("pause", "paused", 0), ("resume", "active", 2)):
            told = api.post(f"debit-schedules/{row['id']}/{deed}", key=key()).json()
            assert told["status"] == status
            assert len(debits(collector)) == left

        assert api.post(f"debit-schedules/{row['id']}/end", key=key()).json()["ended_at"]
        assert {one.state for one in debits(collector)} == {"cancelled"}
        assert api.get(f"debit-schedules/{row['id']}").json()["status"] == "ended"
        listed = api.get("debit-schedules", {"mandate_id": asked["mandate_id"]}).json()["data"]
        assert [one["id"] for one in listed] == [row["id"]]
        assert api.get("debit-schedules", {"status": "active"}).json()["data"] == []

    def test_the_same_key_begins_one(self, collector, api, asked):
        same = key()
        first = api.post("debit-schedules", asked, key=same).json()
        assert api.post("debit-schedules", asked, key=same).json()["id"] == first["id"]
        assert schedule(collector).id.hex == first["id"].replace("-", "")

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"amount": 11_000_000}, "debit_over_cap"),
            ({"first_on": "2020-01-01"}, "invalid_schedule"),
            ({"first_on": "2099-01-01"}, "debit_after_mandate"),
            ({"step": 0}, "invalid_schedule"),
            ({"times": 0}, "invalid_schedule"),
            ({"hour": 24}, "invalid_schedule"),
            ({"anchor_day": 32}, "invalid_schedule"),
        ],
    )
    def test_what_cannot_be_collected_is_refused_at_once(self, collector, api, asked, wrong, code):
        """Not weeks later, when the first debit would be made."""
        answer = api.post("debit-schedules", asked | wrong, key=key())
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        with acting_for(collector.business.id):
            assert not DebitSchedule.objects.exists()

    def test_under_an_ended_permission_nothing_begins(self, collector, api, asked):
        api("DELETE", f"mandates/{asked['mandate_id']}")
        answer = api.post("debit-schedules", asked, key=key())
        assert (answer.status_code, answer.json()["code"]) == (409, "mandate_not_active")

    def test_a_permission_rests_and_goes_on(self, collector, api, asked):
        address = f"mandates/{asked['mandate_id']}"
        for deed, status in (
            ("suspend", "suspended"),
            ("suspend", "suspended"),
            ("resume", "active"),
            ("resume", "active"),
        ):
            answer = api.post(f"{address}/{deed}", key=key())
            assert (answer.status_code, answer.json()["status"]) == (200, status)

    def test_manners_are_read_and_set(self, api):
        rules = api.get("debits/rules").json()
        assert (rules["max_tries"], rules["reminders"]) == (4, [1, 3, 7])
        said = api("PUT", "debits/rules", rules | {"max_tries": 2, "reminders": [5]})
        assert said.status_code == 200, said.content
        assert api.get("debits/rules").json() == rules | {"max_tries": 2, "reminders": [5]}
        refused = api("PUT", "debits/rules", rules | {"grace_days": 61})
        assert refused.json()["code"] == "invalid_policy"

    def test_lists_cost_the_same_for_one_and_three(self, api, asked, django_assert_max_num_queries):
        api.post("debit-schedules", asked, key=key())
        with django_assert_max_num_queries(100) as one:
            api.get("debit-schedules")
            cost = len(one)
        for _more in range(2):
            api.post("debit-schedules", asked, key=key())
        with django_assert_max_num_queries(cost):
            assert len(api.get("debit-schedules").json()["data"]) == 3


class TestOnThePages:
    @pytest.fixture
    def base(self, collector) -> str:
        return f"/b/{collector.business.slug}"

    def test_a_permission_is_asked_for_sent_and_signed(self, collector, owner_client, base):
        """C025 without a developer: form, address to give away, signature at the bank."""
        assert "سامان" in owner_client.get(f"{base}/mandates/new/").content.decode()
        typed = {
            "mobile": "۰۹۱۲ ۱۲۳ ۴۵۶۷",
            "name": "مریم احمدی",
            "bank": "056",
            "purpose": "شهریهٔ کلاس",
            "max_debit": "۵۰۰٬۰۰۰",
            "max_month_count": "۲",
            "months": "12",
        }
        answer = owner_client.post(f"{base}/mandates/new/", typed)
        assert answer.status_code == 302, answer.content.decode()
        with acting_for(collector.business.id):
            mandate = Mandate.objects.get()
        assert answer["Location"] == f"{base}/mandates/{mandate.id}/"
        assert (mandate.max_debit_rial, mandate.max_month_count) == (5_000_000, 2)
        page = owner_client.get(answer["Location"]).content.decode()
        assert f"/m/{mandate.public_token}/" in page

        owner_client.post(f"{base}/mandates/{mandate.id}/send/")
        owner_client.post(f"{base}/mandates/{mandate.id}/send/")
        with acting_for(collector.business.id):
            (message,) = Message.objects.all()
        assert f"/m/{mandate.public_token}/" in message.body

        customer = Client()
        address = f"/m/{mandate.public_token}/"
        assert "امضا" in customer.get(address).content.decode()
        assert customer.get(f"{address}qr.svg").status_code == 200
        to_bank = customer.post(address, {"sign": "yes"})
        assert to_bank.status_code == 303
        assert to_bank["Location"].startswith("https://bank.test/sign/")

    def test_who_signed_already_is_shown_so_and_not_sent_again(self, collector):
        mandate = collector.mandate(collector.active())
        answer = Client().post(f"/m/{mandate.public_token}/", {"sign": "yes"})
        assert answer["Location"] == f"/m/{mandate.public_token}/"
        with acting_for(collector.business.id), pytest.raises(Problem) as refusal:
            send_signing(mandate_id=mandate.id, now=collector.now)
        assert refusal.value.code == "mandate_not_waiting"

    def test_without_a_provider_the_page_says_what_to_do(self, collector, owner_client, base):
        with acting_for(collector.business.id):
            ProviderAccount.objects.update(is_active=False)
        page = owner_client.get(f"{base}/mandates/new/").content.decode()
        assert "زرین‌پال" in page
        assert '<form method="post" data-once' not in page

    def test_collected_every_month_on_the_31st(self, collector, owner_client, base):
        mandate_id = collector.active()
        typed = {
            "amount": "۱۰۰٬۰۰۰",
            "description": "اشتراک",
            "often": "month-1",
            "first_on": "۱۴۰۶/۱/۳۱",
            "hour": "9",
            "shift": "later",
            "collects": "sale",
        }
        answer = owner_client.post(f"{base}/mandates/{mandate_id}/collect/", typed)
        assert answer.status_code == 302, answer.content.decode()
        row = schedule(collector)
        assert (row.first_on, row.anchor_day) == (Jalali(1406, 1, 31).to_date(), 31)
        assert (row.hour, row.shift, row.times) == (9, "later", None)
        page = owner_client.get(f"{base}/mandates/{mandate_id}/").content.decode()
        assert "هر ماه" in page
        for action, state in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
            owner_client.post(f"{base}/debit-schedules/{row.id}/change/", {"action": action})
            assert schedule(collector).state == state

    def test_collected_once(self, collector, owner_client, base):
        mandate_id = collector.active()
        typed = {
            "amount": "200000",
            "description": "مابه‌التفاوت",
            "often": "once",
            "hour": "10",
            "shift": "none",
            "collects": "receivable",
        }
        owner_client.post(f"{base}/mandates/{mandate_id}/collect/", typed)
        (debit,) = debits(collector)
        assert (debit.amount_rial, debit.collects) == (2_000_000, "receivable")
        assert debit.schedule_id is None

    def test_more_than_the_permission_allows_is_said_beside_its_field(
        self, collector, owner_client, base
    ):
        mandate_id = collector.active()
        typed = {
            "amount": "2000000",
            "description": "زیاد",
            "often": "month-1",
            "hour": "10",
            "shift": "none",
            "collects": "sale",
        }
        answer = owner_client.post(f"{base}/mandates/{mandate_id}/collect/", typed)
        assert answer.status_code == 422
        assert debits(collector) == []

    def test_cashiers_ask_for_nothing(self, collector, owner_client, base):
        with acting_for(collector.business.id):
            Membership.objects.update(role=Role.CASHIER)
        cashier = owner_client
        assert cashier.get(f"{base}/mandates/new/").status_code == 403
        assert cashier.get(f"{base}/mandates/{collector.active()}/collect/").status_code == 403


def test_a_row_of_debits_of_another_business_is_not_there(collector, other_business):
    mandate_id = collector.active()
    new = NewSchedule(mandate_id=mandate_id, amount_rial=1_000_000, first_on=collector.now.date())
    with acting_for(other_business.id), pytest.raises(Problem) as refusal:
        start_schedule(new=new, now=collector.now)
    assert refusal.value.code == "not_found"
