"""Accounts at providers over HTTP: connected, read masked, changed, tested, put away."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.enums import OWNERS_SCOPES
from businesses.models import Business
from businesses.operations import issue_api_key
from businesses.queries import audit_trail
from core.models import ApiRequest
from core.tenancy import acting_for
from payments.models import ProviderAccount
from payments.models.sealing import unseal
from tests.conftest import ApiClient
from tests.payments.conftest import Shop

MERCHANT = "0b6c4a12-9d3e-4f5a-8b7c-1234567890ab"
SECRET = "s3cret-of-the-shop-7f3a"


def _connect(api, **changes):
    body = {"provider": "zarinpal", "credentials": {"merchant_id": MERCHANT}, "sandbox": True}
    return api.post("provider-accounts", body | changes, key=str(uuid4()))


@pytest.fixture
def account_id(shop: Shop) -> UUID:
    with acting_for(shop.business.id):
        return ProviderAccount.objects.get().id


def test_an_account_is_connected_read_and_never_told(api, business):
    secrets = {"secret_key": SECRET, "api_key": "jibit-key-of-the-shop"}
    made = _connect(api, provider="jibit_ppg", credentials=secrets, title="جیبیت")
    assert made.status_code == 201, made.json()
    told = made.json()
    assert (told["provider"], told["title"], told["is_active"]) == ("jibit_ppg", "جیبیت", True)
    assert told["families"] == ["gateway", "refunds"]
    # However the caller lists them, the hint is never the end of the secret.
    assert told["hint"] == "shop"
    for answer in (
        made,
        api.get(f"provider-accounts/{told['id']}"),
        api.get("provider-accounts"),
    ):
        assert SECRET not in answer.content.decode()
        assert "jibit-key" not in answer.content.decode()
    with acting_for(business.id):
        row = ProviderAccount.objects.get(id=told["id"])
        opened = unseal(bytes(row.credentials), business_id=business.id, account_id=row.id)
        kept = str([entry.data for entry in audit_trail()])
        kept += str(list(ApiRequest.objects.values_list("answer", flat=True)))
    assert opened == secrets
    assert SECRET not in kept


def test_connecting_twice_with_one_key_is_one_account(api, business):
    body = {"provider": "zarinpal", "credentials": {"merchant_id": MERCHANT}, "sandbox": True}
    first = api.post("provider-accounts", body, key="once")
    again = api.post("provider-accounts", body, key="once")
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    with acting_for(business.id):
        assert ProviderAccount.objects.filter(hint="90ab").count() == 1
    missing = api.post("provider-accounts", body)
    assert missing.json()["code"] == "idempotency_key_missing"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"provider": "piggybank"}, "unknown_provider", "provider"),
        (
            {"credentials": {"merchant_id": SECRET}},
            "invalid_credentials",
            "credentials.merchant_id",
        ),
        ({"credentials": {}}, "invalid_credentials", "credentials.merchant_id"),
        ({"credentials": {"pin": SECRET}}, "invalid_credentials", "credentials.pin"),
        ({"credentials": {"merchant_id": 7}}, "invalid_body", "credentials.merchant_id"),
        ({"base_url": "http://evil.test"}, "invalid_body", "base_url"),
    ],
)
def test_what_is_refused_says_where_and_repeats_no_secret(api, body, code, field):
    answer = _connect(api, **body)
    assert answer.status_code == (422 if code == "invalid_body" else 400)
    assert answer.json()["code"] == code
    assert list(answer.json()["errors"]) == [field]
    assert SECRET not in answer.content.decode()


def test_what_is_named_is_changed_and_the_rest_stays(api, account_id, business):
    path = f"provider-accounts/{account_id}"
    assert api.patch(path, {"title": "اول", "max_amount": 5_000_000}).status_code == 200
    told = api.patch(path, {"priority": 3, "fee_bp": 50, "unverified": "kept"}).json()
    assert (told["title"], told["max_amount"], told["priority"]) == ("اول", 5_000_000, 3)
    assert (told["fee_bp"], told["unverified"]) == (50, "kept")
    assert api.patch(path, {"max_amount": None}).json()["max_amount"] is None
    with acting_for(business.id):
        changes = [row.data for row in audit_trail() if row.action == "provider_account.changed"]
    assert len(changes) == 3
    assert all(row["by"].startswith("api_key:") for row in changes)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"priority": 100_000}, "priority"),
        ({"verify_minutes": 100_000}, "verify_minutes"),
        ({"daily_cap": 2**70}, "daily_cap"),
        ({"fee_fixed": 2**70}, "fee_fixed"),
        ({"fee_max": -1}, "fee_max"),
        ({"unverified": "lost"}, "unverified"),
        ({"title": None}, "title"),
        ({"is_active": False}, "is_active"),
    ],
)
def test_terms_out_of_bounds_are_refused(api, account_id, change, field):
    answer = api.patch(f"provider-accounts/{account_id}", change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body")
    assert list(answer.json()["errors"]) == [field]


def test_terms_that_do_not_fit_together_are_refused(api, account_id):
    path = f"provider-accounts/{account_id}"
    assert api.patch(path, {"min_amount": 50_000}).status_code == 200
    answer = api.patch(path, {"max_amount": 20_000})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_account")


def test_credentials_are_tested_replaced_and_the_account_put_away(api, shop: Shop, account_id):
    path = f"provider-accounts/{account_id}"
    assert api.post(f"{path}/test").json()["result"] == "good"
    assert api.get(path).json()["test_result"] == "good"
    new = api.post(f"{path}/credentials", {"credentials": {"merchant_id": MERCHANT}}).json()
    assert (new["hint"], new["test_result"]) == ("90ab", "")
    assert api.post(f"{path}/disable").json()["is_active"] is False
    assert api.post(f"{path}/disable").status_code == 200
    assert api.post(f"{path}/enable").json()["is_active"] is True
    with acting_for(shop.business.id):
        told = [row for row in audit_trail() if row.subject == str(account_id)]
    mine = {row.action for row in told if row.data.get("by", "").startswith("api_key:")}
    assert mine == {
        f"provider_account.{what}"
        for what in ("tested", "credentials_replaced", "activated", "deactivated")
    }


def test_a_key_for_every_day_may_not_touch_them(api, business, account_id):
    _key, api.key = issue_api_key(business_id=business.id, name="till", now=timezone.now())
    path = f"provider-accounts/{account_id}"
    for answer in (
        api.get("provider-accounts"),
        api.get("providers"),
        api.get(path),
        _connect(api),
        api.patch(path, {"priority": 1}),
        api.post(f"{path}/credentials", {"credentials": {"merchant_id": MERCHANT}}),
        api.post(f"{path}/test"),
        api.post(f"{path}/disable"),
    ):
        assert answer.status_code == 403


def test_a_test_copy_connects_test_accounts_only(api, business):
    twin = Business.objects.get(test_of_id=business.id)
    _key, api.key = issue_api_key(
        business_id=twin.id, name="x", now=timezone.now(), scopes=OWNERS_SCOPES
    )
    assert _connect(api, sandbox=None).json()["sandbox"] is True
    refused = _connect(api, sandbox=False)
    assert (refused.status_code, refused.json()["code"]) == (400, "test_business")


def test_products_tell_what_opens_them(api):
    told = {one["provider"]: one for one in api.get("providers").json()["data"]}
    fields = {one["name"]: one["secret"] for one in told["jibit_ppg"]["credentials"]}
    assert fields == {"api_key": False, "secret_key": True}
    assert told["zarinpal"]["name"]


def test_a_list_costs_the_same_for_one_account_and_for_three(api: ApiClient, business, account_id):
    def asked() -> int:
        with CaptureQueriesContext(connection) as told:
            rows = api.get("provider-accounts").json()["data"]
        seen.append(len(rows))
        return len(told)

    seen: list[int] = []
    asked()
    one = asked()
    for _ in range(2):
        assert _connect(api, credentials={"merchant_id": str(uuid4())}).status_code == 201
    assert asked() == one
    assert seen[-1] == seen[0] + 2
    first = api.get("provider-accounts", {"limit": "2"}).json()
    rest = api.get("provider-accounts", {"limit": "2", "cursor": first["next_cursor"]}).json()
    assert len({one["id"] for one in first["data"] + rest["data"]}) == seen[-1]
