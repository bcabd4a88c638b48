"""Settings, keys, imports, campaigns, payments: what owners change from their pages."""

from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from businesses.queries import branches, employees, keys_of, members_of
from campaigns.models import Campaign
from campaigns.operations import CampaignPlan, create_campaign
from core.tenancy import acting_for
from customers.models import ImportJob, Purchase
from customers.operations import record_purchases
from customers.operations.imports.run import claim_import, run_import
from feedback.queries import surveys
from loyalty.models import Lot
from loyalty.queries.programme import active_rule, program
from payments.models import Payment
from payments.operations import create_payment
from payments.queries import provider_account
from tests.loyalty.conftest import BUYER, sale


@pytest.fixture
def post(shop, owner_client):
    """Return a function that sends a form as the owner."""
    return lambda path, **typed: owner_client.post(shop.url(path), typed)


# --- settings -------------------------------------------------------------------------------------


def test_a_new_rate_is_typed_in_toman_and_counts_in_rial(shop, post):
    typed = {
        "per": "۲۰٬۰۰۰",
        "minimum": "0",
        "worth": "500",
        "pending_days": "3",
        "expiry_months": "12",
        "expiry_ends": "year",
        "waits_for_returns": "on",
        "tier_window": "rolling",
        "tier_window_days": "۱۸۰",
        "tier_grace_days": "۱۵",
        "tier_fall": "one_level",
        "tier_revoke_days": "۷",
        "clawback": "within_balance",
        "correct_alone": "250",
        "correct_most": "",
    }
    assert post("settings/?section=loyalty", **typed).status_code == 302
    with acting_for(shop.business.id):
        rule, programme = active_rule(), program()
    assert rule is not None
    assert programme is not None
    assert programme.waits_for_returns
    assert (programme.tier_window, programme.tier_window_days) == ("rolling", 180)
    assert (programme.tier_grace_days, programme.tier_fall) == (15, "one_level")
    assert (programme.tier_revoke_days, programme.clawback) == (7, "within_balance")
    assert (rule.points_num, rule.points_den, rule.cap_points) == (1, 200_000, None)
    assert (programme.unit_value_rial, programme.pending_days) == (5_000, 3)


def test_c010_whether_imported_history_earns_is_the_owners_choice(shop, post, owner_client):
    """C010: off at first; a box on the page of points, and it earns from then on."""
    page = owner_client.get(shop.url("settings/?section=loyalty"))
    asked = page.context["form"].initial
    assert asked["retroactive"] is False
    typed = {
        name: value for name, value in asked.items() if value is not None and value is not False
    }
    typed |= {"per": asked["per"] // 10, "worth": asked["worth"] // 10}
    for box, earned in ({}, None), ({"retroactive": "on"}, 10), ({}, None):
        assert post("settings/?section=loyalty", **typed, **box).status_code == 302
        with acting_for(shop.business.id):
            past = sale(1_000_000, customer=BUYER, at=timezone.now())
            [told] = record_purchases(purchases=[past], source="import", now=timezone.now())
            lot = Lot.objects.filter(id=str(told.purchase_id)).first()
            assert (lot and lot.earned_points) == earned


def test_the_settings_show_what_is_in_force(shop, owner_client, text_of):
    with acting_for(shop.business.id):
        programme = program()
    assert programme is not None
    page = owner_client.get(shop.url("settings/?section=loyalty"))
    assert page.context["form"].initial["worth"] == programme.unit_value_rial


def test_branches_and_employees_are_added_once(shop, post):
    assert post("settings/?section=branches", name="شعبهٔ ونک", code="۲").status_code == 302
    assert post("settings/?section=branches", name="دیگری", code="2").status_code == 422
    assert post("settings/?section=employees", name="سارا", code="e-1").status_code == 302
    with acting_for(shop.business.id):
        assert {branch.code for branch in branches()} == {"main", "2"}
        assert [one.name for one in employees()] == ["سارا"]


def test_a_new_cashier_gets_a_login(shop, post):
    member = {"login": "09121112233", "role": "cashier"}
    assert post("settings/?section=members", **member).status_code == 422
    answer = post("settings/?section=members", **member, password="a-long-password-1")
    assert answer.status_code == 302
    assert "+989121112233" in {one.user.mobile for one in members_of(shop.business.id)}
    user = get_user_model().objects.get(mobile="+989121112233")
    assert user.check_password("a-long-password-1")


def test_the_survey_and_the_gateway_are_changed(shop, post):
    with acting_for(shop.business.id):
        before = surveys().get()
    typed = {
        "title": "پس از خرید", "question": "ما را پیشنهاد می‌کنید؟", "comment_question": "چرا؟",
        "thanks": "", "invitation": "{name} عزیز، نظر شما؟ {link}", "delay_minutes": "۳۰",
        "expiry_days": "7", "recontact_days": "90", "cooldown_days": "30", "sample_rate": "100",
    }  # fmt: skip
    assert post("settings/?section=survey", **typed).status_code == 302
    assert (
        post("settings/?section=gateway", provider="zarinpal", merchant_id="x").status_code == 422
    )
    account = {"provider": "zarinpal", "merchant_id": str(uuid4())}
    assert post("settings/?section=gateway", **account).status_code == 302
    with acting_for(shop.business.id):
        after = surveys().get(id=before.id)
        assert (after.delay_minutes, after.is_active) == (30, False)
        account_now = provider_account()
        assert account_now is not None
        assert not account_now.is_sandbox


def test_there_is_no_other_section(shop, owner_client):
    assert owner_client.get(shop.url("settings/?section=nuclear")).status_code == 404


# --- keys -----------------------------------------------------------------------------------------


def test_a_key_is_shown_once_rotated_and_revoked(shop, owner_client, text_of):
    page = shop.url("developers/")
    issued = owner_client.post(page, {"action": "issue", "name": "صندوق", "mode": "test"})
    secret = issued.context["secret"]
    assert secret.startswith("vk_test_")
    assert secret not in text_of(owner_client.get(page))
    (key,) = keys_of(shop.business.id)
    rotated = owner_client.post(page, {"action": "rotate", "key": key.id})
    assert rotated.context["secret"] not in {"", secret}
    for one in keys_of(shop.business.id):
        owner_client.post(page, {"action": "revoke", "key": one.id})
    assert all(one.revoked_at for one in keys_of(shop.business.id))


def test_requests_of_the_api_are_listed(shop, api, owner_client, text_of):
    api.post("purchases", {"channel": "pos"})
    page = text_of(owner_client.get(shop.url("developers/")))
    assert "POST /purchases" in page


# --- imports --------------------------------------------------------------------------------------

CSV = "تاریخ,مبلغ (تومان),موبایل\n۱۴۰۴/۰۱/۰۵,۱۰۰٬۰۰۰,09121234567\nدیروز,50000,09121234568\n"


def test_a_file_is_checked_before_anything_is_written(shop, owner_client, text_of):
    file = SimpleUploadedFile("sales.csv", CSV.encode())
    owner_client.post(shop.url("import/"), {"file": file})
    with acting_for(shop.business.id):
        job = ImportJob.objects.get()
    address = shop.url(f"import/{job.id}/")
    columns = owner_client.get(address).context["mapping"].initial
    assert (columns["mobile"], columns["unit_rial"]) == ("موبایل", 10)
    owner_client.post(address, {**columns, "action": "check"})
    report = text_of(owner_client.get(address))
    assert "۱۰۰٬۰۰۰ تومان" in report
    with acting_for(shop.business.id):
        assert not Purchase.objects.exists()
    owner_client.post(address, {"action": "run"})
    with acting_for(shop.business.id):
        assert ImportJob.objects.get().state == "queued"
    with acting_for(shop.business.id):
        claim_import(job_id=job.id, now=timezone.now())
    run_import(business_id=shop.business.id, job_id=job.id, clock=timezone.now)
    done = text_of(owner_client.get(address))
    assert "ردیف‌های نپذیرفته" in done
    refused = owner_client.get(shop.url(f"import/{job.id}/refused.csv"))
    assert "دیروز" in b"".join(refused.streaming_content).decode()
    with acting_for(shop.business.id):
        assert Purchase.objects.get().total_rial == 1_000_000


def test_a_file_of_another_kind_is_refused(shop, owner_client):
    file = SimpleUploadedFile("photo.png", b"\x89PNG")
    answer = owner_client.post(shop.url("import/"), {"file": file})
    assert answer.status_code == 422
    with acting_for(shop.business.id):
        assert not ImportJob.objects.exists()


# --- campaigns ------------------------------------------------------------------------------------


def test_a_campaign_is_written_estimated_and_sent(shop, owner_client, text_of):
    shop.sell_to(3)
    typed = {
        "name": "نوروز",
        "segment": "all",
        "body": "{name} عزیز، منتظریم",
        "margin_percent": "",
        "holdout_percent": "۰",
        "window_days": "14",
    }
    estimate = text_of(owner_client.post(shop.url("campaigns/estimate/"), typed))
    assert "برآورد" in estimate
    assert owner_client.post(shop.url("campaigns/new/"), typed).status_code == 302
    with acting_for(shop.business.id):
        campaign = Campaign.objects.get()
    page = text_of(owner_client.get(shop.url(f"campaigns/{campaign.id}/")))
    assert "عزیز، منتظریم" in page
    owner_client.post(shop.url(f"campaigns/{campaign.id}/send/"))
    assert owner_client.get(shop.url(f"campaigns/{campaign.id}/")).status_code == 200


@pytest.mark.parametrize(("segment", "stage"), [("champions", "وفادار"), ("all", None)])
def test_a_campaign_says_which_stage_it_serves(shop, owner_client, text_of, now, segment, stage):
    """C037: by whom it goes to; one to everybody serves none in particular."""
    with acting_for(shop.business.id):
        plan = CampaignPlan(name="بهار", segment=segment, body="سلام")
        made = create_campaign(plan=plan, now=now)
    page = text_of(owner_client.get(shop.url(f"campaigns/{made.id}/")))
    assert ("برای مرحلهٔ" in page) == (stage is not None)
    assert stage is None or f"برای مرحلهٔ «{stage}»" in page


@pytest.mark.parametrize("wrong", [{"body": ""}, {"body": "{secret}"}, {"segment": "nobody"}])
def test_a_wrong_campaign_is_not_written(shop, owner_client, wrong):
    typed = {
        "name": "نوروز",
        "segment": "all",
        "body": "سلام",
        "holdout_percent": "10",
        "window_days": "14",
    }
    assert owner_client.post(shop.url("campaigns/new/"), typed | wrong).status_code == 422
    assert owner_client.post(shop.url("campaigns/estimate/"), typed | wrong).status_code == 200
    with acting_for(shop.business.id):
        assert not Campaign.objects.exists()


# --- payments -------------------------------------------------------------------------------------


def test_a_payment_link_is_made_in_toman(shop, owner_client, text_of):
    typed = {"amount": "۱۲۵٬۰۰۰", "description": "پیش‌پرداخت", "mobile": "09121234567"}
    page = text_of(owner_client.post(shop.url("payments/"), typed))
    assert "/p/" in page
    with acting_for(shop.business.id):
        payment = Payment.objects.get()
    assert payment.amount_rial == 1_250_000
    assert payment.customer_hint["mobile"]


def test_a_payment_tells_its_tries(shop, owner_client, text_of):
    with acting_for(shop.business.id):
        asked = create_payment(external_id="order-1", amount_rial=500_000, now=timezone.now())
    page = text_of(owner_client.get(shop.url(f"payments/{asked.id}/")))
    assert "مشتری هنوز صفحهٔ بانک را باز نکرده" in page
    assert "/p/" in page
    assert owner_client.get(shop.url(f"payments/{uuid4()}/")).status_code == 404


def test_an_unpaid_payment_cannot_be_sent_back(shop, owner_client, client_as):
    with acting_for(shop.business.id):
        asked = create_payment(external_id="order-1", amount_rial=500_000, now=timezone.now())
    back = shop.url(f"payments/{asked.id}/reverse/")
    assert client_as("cashier").post(back).status_code == 403
    assert owner_client.post(back, follow=True).status_code == 200
    with acting_for(shop.business.id):
        assert Payment.objects.get().state == "created"
