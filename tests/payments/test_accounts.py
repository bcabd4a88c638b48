"""Accounts at providers: sealed, bound to their row, one in use at a time."""

from uuid import uuid4

import pytest

from businesses.queries import BusinessInfo, audit_trail
from core.errors import Problem
from core.ids import new_id
from core.sealing import CannotUnseal
from core.tenancy import acting_for
from payments.models import ProviderAccount
from payments.models.sealing import seal, unseal
from payments.operations import (
    AccountTerms,
    add_account,
    change_account,
    create_payment,
    open_default_account,
    probe_account,
    replace_credentials,
    set_account_active,
    set_provider_account,
)
from payments.queries import accounts_for, provider_account
from tests.payments.conftest import Shop

MERCHANT = "0b6c4a12-9d3e-4f5a-8b7c-1234567890ab"


def test_a_new_business_takes_test_payments_at_once(business: BusinessInfo):
    with acting_for(business.id):
        account = provider_account()
    assert account is not None
    assert (account.provider, account.is_sandbox) == ("zarinpal", True)


def test_in_production_a_live_business_starts_without_a_gateway(business, now, settings):
    settings.PRODUCTION = True
    with acting_for(business.id):
        ProviderAccount.objects.all().delete()
        assert open_default_account(is_test=False, now=now) is None
        with pytest.raises(Problem) as refusal:
            create_payment(external_id="inv-1", amount_rial=10_000, now=now)
        assert refusal.value.code == "no_provider_account"
        assert open_default_account(is_test=True, now=now) is not None


def test_a_new_account_takes_over_and_the_old_one_stays_for_its_tries(shop: Shop):
    payment = shop.ask()
    address = shop.pay(payment)
    with acting_for(shop.business.id):
        set_provider_account(
            credentials={"merchant_id": f" {MERCHANT} "}, is_sandbox=True, now=shop.now
        )
        account = provider_account()
        assert account is not None
        assert account.hint == "90ab"
        assert ProviderAccount.objects.filter(is_active=True).count() == 1

    shop.come_back(address)
    assert shop.see(payment).state == "settled"

    shop.buy()
    assert shop.bank.payments()[0]["merchant_id"] == MERCHANT


@pytest.mark.parametrize("typed", ["", "1234", "x" * 36, MERCHANT.replace("-", "")])
def test_a_credential_in_the_wrong_shape_is_refused(acting, now, typed):
    with pytest.raises(Problem) as refusal:
        set_provider_account(credentials={"merchant_id": typed}, now=now)
    assert refusal.value.code == "invalid_credentials"
    assert list(refusal.value.fields) == ["credentials.merchant_id"]


def test_credentials_are_unreadable_in_the_database(acting, now):
    set_provider_account(credentials={"merchant_id": MERCHANT}, now=now)
    row = ProviderAccount.objects.get(is_active=True)
    assert MERCHANT.encode() not in bytes(row.credentials)
    opened = unseal(bytes(row.credentials), business_id=row.business_id, account_id=row.id)
    assert opened == {"merchant_id": MERCHANT}


def test_a_ciphertext_moved_to_another_row_does_not_open():
    business_id, account_id = new_id(), new_id()
    sealed = seal({"merchant_id": MERCHANT}, business_id=business_id, account_id=account_id)
    for other in ((business_id, uuid4()), (uuid4(), account_id)):
        with pytest.raises(CannotUnseal):
            unseal(sealed, business_id=other[0], account_id=other[1])


def test_keys_rotate(settings):
    ids = {"business_id": new_id(), "account_id": new_id()}
    settings.FIELD_KEYS = ["old key"]
    sealed = seal({"merchant_id": MERCHANT}, **ids)
    settings.FIELD_KEYS = ["new key", "old key"]
    assert unseal(sealed, **ids) == {"merchant_id": MERCHANT}
    settings.FIELD_KEYS = ["new key"]
    with pytest.raises(CannotUnseal):
        unseal(sealed, **ids)


def test_accounts_are_added_changed_and_put_away_and_the_trail_tells_it(acting, now):
    first = add_account(
        provider="zarinpal", credentials={"merchant_id": MERCHANT}, title="اول", actor=None, now=now
    )
    second = add_account(
        provider="zarinpal", credentials={"merchant_id": str(uuid4())}, actor=None, now=now
    )
    change_account(
        account_id=second,
        terms=AccountTerms(title="دوم", priority=1, daily_cap_rial=5_000_000, fee_bp=50),
        actor=None,
        by="api_key:x",
        now=now,
    )
    assert accounts_for("gateway")[0].id == second
    set_account_active(account_id=first, active=False, actor=None, now=now)
    assert first not in [row.id for row in accounts_for("gateway")]

    told = [row for row in audit_trail() if row.action.startswith("provider_account.")]
    kept = {(row.action.removeprefix("provider_account."), row.subject) for row in told}
    assert kept >= {
        ("added", str(first)), ("added", str(second)),
        ("changed", str(second)), ("deactivated", str(first)),
    }  # fmt: skip
    (change,) = [row.data for row in told if row.action == "provider_account.changed"]
    assert change["daily_cap_rial"] == [None, 5_000_000]
    assert change["by"] == "api_key:x"
    assert MERCHANT not in str([row.data for row in told])


def test_new_credentials_take_the_place_of_old_ones_and_are_never_told(acting, now):
    account = ProviderAccount.objects.get(is_active=True)
    replace_credentials(
        account_id=account.id, credentials={"merchant_id": MERCHANT}, actor=None, now=now
    )
    row = ProviderAccount.objects.get(id=account.id)
    opened = unseal(bytes(row.credentials), business_id=row.business_id, account_id=row.id)
    assert (opened, row.hint) == ({"merchant_id": MERCHANT}, "90ab")
    assert MERCHANT not in str([entry.data for entry in audit_trail()])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"daily_cap_rial": 0}, "daily_cap_rial"),
        ({"fee_bp": 10_001}, "fee_bp"),
        ({"min_rial": 10, "max_rial": 5}, "max_rial"),
        ({"unverified": "lost"}, "unverified"),
        ({"verify_minutes": -1}, "verify_minutes"),
    ],
)
def test_terms_that_do_not_fit_are_refused(acting, now, wrong, field):
    account = ProviderAccount.objects.get(is_active=True)
    with pytest.raises(Problem) as refusal:
        change_account(account_id=account.id, terms=AccountTerms(**wrong), actor=None, now=now)
    assert (refusal.value.code, list(refusal.value.fields)) == ("invalid_account", [field])


def test_credentials_are_tested_by_a_call_that_changes_nothing(shop: Shop):
    with acting_for(shop.business.id):
        account = ProviderAccount.objects.get(is_active=True)
    probed = probe_account(
        business_id=shop.business.id, account_id=account.id, actor=None, now=shop.now
    )
    assert probed.result == "good"
    assert shop.bank.payments() == []
    with acting_for(shop.business.id):
        row = ProviderAccount.objects.get(id=account.id)
        assert (row.tested_at, row.test_outcome) == (shop.now, "good")


def test_a_provider_nobody_reaches_is_told_apart_from_refused_credentials(shop: Shop, settings):
    with acting_for(shop.business.id):
        account = ProviderAccount.objects.get(is_active=True)
        ProviderAccount.objects.update(base_url="http://127.0.0.1:9")
    probed = probe_account(
        business_id=shop.business.id, account_id=account.id, actor=None, now=shop.now
    )
    assert probed.result == "unreached"


@pytest.mark.parametrize(
    ("provider", "keys"),
    [
        ("sep", {"terminal_id": "2134567"}),
        ("mellat", {"terminal_id": "7654321", "username": "u", "password": "p"}),
    ],
)
def test_a_bank_that_answers_only_to_a_buyers_return_says_that_it_cannot_be_tested(
    shop, now, provider, keys
):
    with acting_for(shop.business.id):
        account_id = add_account(
            provider=provider, credentials=keys, is_sandbox=True, actor=None, now=now
        )
    probed = probe_account(business_id=shop.business.id, account_id=account_id, actor=None, now=now)
    assert (probed.result, probed.message) == ("untestable", "")


def test_a_pay_later_partner_is_tested_by_logging_in(shop, now):
    def probed(password):
        with acting_for(shop.business.id):
            account_id = add_account(
                provider="snapppay",
                credentials={
                    "client_id": "probe",
                    "client_secret": "hush",
                    "username": "probe",
                    "password": password,
                },
                is_sandbox=True,
                actor=None,
                now=now,
            )
        return probe_account(
            business_id=shop.business.id, account_id=account_id, actor=None, now=now
        ).result

    assert [probed("hushed"), probed("wrong")] == ["good", "refused"]
    calls = shop.calls("probe")
    kept = str([(call.asked, call.answered) for call in calls])
    assert "hush" not in kept
    assert {call.answered.get("access_token", "•") for call in calls} == {"•"}


@pytest.mark.parametrize("provider", ["jibit_ide", "jibit_transferor", "jibit_pip"])
def test_keys_without_a_gateway_are_tested_by_logging_in(shop, now, provider):
    def probed(**changes):
        with acting_for(shop.business.id):
            account_id = add_account(
                provider=provider,
                credentials={"api_key": f"probe-{provider}", "secret_key": "good"} | changes,
                is_sandbox=True,
                actor=None,
                now=now,
            )
        return probe_account(
            business_id=shop.business.id, account_id=account_id, actor=None, now=now
        ).result

    assert [probed(), probed(secret_key="wrong")] == ["good", "refused"]
    kept = str([(call.asked, call.answered) for call in shop.calls("probe")])
    assert "good" not in kept
