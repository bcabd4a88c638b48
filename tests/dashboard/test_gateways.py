"""The pages of accounts and alerts."""

from uuid import uuid4

import pytest

from businesses.queries import audit_trail
from core.ids import new_id
from core.tenancy import acting_for
from payments.enums import AlertKind
from payments.models import Alert, ProviderAccount
from payments.operations import raise_alert
from payments.queries import accounts_for

MERCHANT = "0b6c4a12-9d3e-4f5a-8b7c-1234567890ab"


@pytest.fixture
def page(owner_client, business):
    def fetch(path: str, **typed):
        url = f"/b/{business.slug}/{path}"
        return owner_client.post(url, typed) if typed else owner_client.get(url)

    return fetch


def test_an_account_is_connected_changed_and_put_away(page, business):
    assert "credential_merchant_id" in page("gateways/?provider=zarinpal").content.decode()
    typed = {"act": "add", "provider": "zarinpal", "credential_merchant_id": MERCHANT}
    assert page("gateways/", **typed, title="دوم").status_code == 302
    with acting_for(business.id):
        account = accounts_for("gateway")[-1]
    assert (account.title, account.is_sandbox) == ("دوم", False)
    shown = page("gateways/").content.decode()
    assert MERCHANT not in shown
    terms = {"act": "change", "account": account.id, "title": "اول", "priority": "1"}
    assert page("gateways/", **terms, fee_percent="0.5", max_rial="۱٬۰۰۰").status_code == 302
    with acting_for(business.id):
        row = accounts_for("gateway")[0]
        assert (row.id, row.fee_bp, row.max_rial) == (account.id, 50, 10_000)
    assert page("gateways/", act="switch", account=account.id).status_code == 302
    with acting_for(business.id):
        assert account.id not in [row.id for row in accounts_for("gateway")]
        told = [row for row in audit_trail() if row.action.startswith("provider_account.")]
        assert {row.actor_kind for row in told if row.subject == str(account.id)} == {"user"}


@pytest.mark.parametrize("merchant", ["", "short"])
def test_wrong_credentials_are_told_beside_the_form(page, merchant):
    typed = {"act": "add", "provider": "zarinpal", "credential_merchant_id": merchant}
    assert page("gateways/", **typed).status_code == 422


def test_keys_are_replaced_and_what_is_unknown_is_not_there(page, business):
    with acting_for(business.id):
        account = ProviderAccount.objects.get()
    typed = {"act": "rekey", "account": account.id, "credential_merchant_id": MERCHANT}
    assert page("gateways/", **typed).status_code == 302
    with acting_for(business.id):
        assert ProviderAccount.objects.get().hint == MERCHANT[-4:]
    assert page("gateways/", act="switch", account=uuid4()).status_code == 404
    assert page("gateways/", act="explode").status_code == 404


def test_alerts_are_listed_and_dealt_with(page, business, now):
    assert page("alerts/").status_code == 200
    with acting_for(business.id):
        raise_alert(kind=AlertKind.TENFOLD, source_id=new_id(), detail={"told_rial": 90}, now=now)
        alert = Alert.objects.get()
    assert f"alerts/{alert.id}/resolve/" in page("alerts/").content.decode()
    assert page(f"alerts/{alert.id}/resolve/", ok="1").status_code == 302
    with acting_for(business.id):
        assert Alert.objects.get().resolved_at is not None
    assert f"alerts/{alert.id}/resolve/" not in page("alerts/?seen=1").content.decode()


@pytest.mark.parametrize("address", ["alerts/", "gateways/"])
def test_pages_cost_the_same_for_one_row_and_for_three(
    page, business, now, address, django_assert_max_num_queries
):
    def more() -> None:
        with acting_for(business.id):
            raise_alert(kind=AlertKind.ORPHAN, source_id=new_id(), now=now)

    def cost() -> int:
        with django_assert_max_num_queries(100) as counted:
            assert page(address).status_code == 200
        return len(counted)

    more()
    page(address)
    one = cost()
    more()
    more()
    assert cost() == one


def test_alerts_over_http(api, business, now):
    with acting_for(business.id):
        raise_alert(kind=AlertKind.ORPHAN, source_id=new_id(), now=now)
    (row,) = api.get("alerts").json()["data"]
    assert (row["kind"], row["times"]) == ("orphan", 1)
    assert api.get("alerts", {"kind": "tenfold"}).json()["data"] == []
    assert api.get("alerts", {"kind": "nothing"}).status_code == 400
