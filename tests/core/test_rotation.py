"""New keys for old secrets: every sealed column of every business, none forgotten."""

from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db.models import BinaryField

from core.tenancy import acting_for
from core.tenancy.audit import tenant_models
from messaging.models import SmsAccount
from payments.models import ProviderAccount
from payments.operations.wire import account_at

# Bytes that are no secrets: hashes and fingerprints.
PLAIN = (
    "_hash", "_hmac", "fingerprint", "answer", "CodeMeter.whose", "TillTransaction.said",
    "RuleReplay.kept",
)  # fmt: skip


@pytest.fixture
def keys(settings):
    settings.FIELD_KEYS = ["old key"]
    return settings


@pytest.mark.usefixtures("committed")
def test_every_business_is_sealed_again_and_the_old_key_may_go(keys, business, other_business):
    before: dict[UUID, list[Any]] = {}
    for one in (business, other_business):
        with acting_for(one.id):
            before[one.id] = [account_at(row).credentials for row in ProviderAccount.objects.all()]
            sms = SmsAccount.objects.first()
            before[one.id].append(sms.api_key if sms else "")
    keys.FIELD_KEYS = ["new key", "old key"]
    call_command("rotate_field_keys", verbosity=0)
    keys.FIELD_KEYS = ["new key"]
    for one in (business, other_business):
        with acting_for(one.id):
            after = [account_at(row).credentials for row in ProviderAccount.objects.all()]
            sms = SmsAccount.objects.first()
            assert [*after, sms.api_key if sms else ""] == before[one.id]
            assert after


@pytest.mark.usefixtures("committed")
def test_what_no_key_opens_is_told_and_left(keys, business):
    keys.FIELD_KEYS = ["new key"]
    with pytest.raises(CommandError, match="do not open"):
        call_command("rotate_field_keys", verbosity=0)
    keys.FIELD_KEYS = ["old key"]
    with acting_for(business.id):
        assert account_at(ProviderAccount.objects.get()).credentials


def test_every_sealed_column_is_declared():
    found = {
        f"{model._meta.label}.{field.name}"
        for model in tenant_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField) and not f"{model.__name__}.{field.name}".endswith(PLAIN)
    }
    declared = {f"{m._meta.label}.{column}" for m in tenant_models() for column in m.sealed}
    assert found == declared
