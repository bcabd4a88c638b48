"""Accounts at providers: sealed, bound to their row, one in use at a time."""

from uuid import uuid4

import pytest

from businesses.queries import BusinessInfo
from core.errors import Problem
from core.ids import new_id
from core.sealing import CannotUnseal
from core.tenancy import acting_for
from payments.models import ProviderAccount
from payments.models.sealing import seal, unseal
from payments.operations import create_payment, open_default_account, set_provider_account
from payments.queries import provider_account
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
