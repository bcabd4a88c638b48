"""Mandates from the question to every end they can have."""

from datetime import timedelta

import pytest

from core.errors import Problem
from core.sealing import CannotUnseal
from core.tenancy import acting_for
from payments.models import Mandate, ProviderCall
from payments.models.sealing import unseal_of_mandate
from payments.operations.mandates import (
    check_mandate,
    resume_mandate,
    revoke_mandate,
    suspend_mandate,
)
from tests.payments.debits.fake_bank import SECRET
from tests.payments.test_paying import events


def test_a_signed_mandate_is_confirmed_and_in_force(collector):
    signing = collector.ask()
    assert signing.redirect.url.startswith("https://bank.test/sign/M")

    back = collector.sign(signing)

    assert (back.state, back.public_token) == ("active", signing.public_token)
    assert len(events(collector, "mandate.activated")) == 1


def test_the_right_to_debit_is_sealed_and_bound_to_its_row(collector):
    mandate = collector.mandate(collector.active(national_code="0499370899"))
    about = {"business_id": mandate.business_id, "mandate_id": mandate.id}

    assert SECRET.encode() not in bytes(mandate.secret)
    assert unseal_of_mandate(mandate.secret, column="secret", **about) == SECRET
    assert unseal_of_mandate(mandate.national_code, column="national_code", **about)
    with pytest.raises(CannotUnseal):
        unseal_of_mandate(mandate.secret, column="national_code", **about)


def test_the_secret_is_not_in_what_is_kept_of_the_wire(collector):
    collector.active()
    with acting_for(collector.business.id):
        kept = list(ProviderCall.objects.values_list("asked", "answered", "message"))
    assert SECRET not in repr(kept)


def test_a_provider_that_cannot_be_reached_leaves_nothing_in_force(collector):
    collector.bank.faults = ["refused"]
    with pytest.raises(Problem) as refused:
        collector.ask()
    assert refused.value.code == "provider_unavailable"
    with acting_for(collector.business.id):
        assert Mandate.objects.get().state == "failed"


def test_a_signature_refused_at_the_bank_is_no_mandate(collector):
    back = collector.sign(collector.ask(), status="NOK", at_bank="awaiting_signature")
    assert back.state == "declined"


def test_a_return_with_another_token_changes_nothing_and_calls_a_person(collector):
    signing = collector.ask()
    with pytest.raises(Problem) as refused:
        collector.sign(signing, authority="M-of-somebody-else")
    assert refused.value.code == "callback_mismatch"
    assert collector.mandate(signing.mandate_id).state == "awaiting_signature"
    assert collector.alerts() == ["forged_callback"]


def test_a_claim_of_success_is_not_believed(collector):
    signing = collector.ask()
    back = collector.sign(signing, at_bank="awaiting_signature")
    assert back.state == "declined"


def test_a_confirmation_without_an_answer_is_said_again_within_the_deadline(collector, work):
    signing = collector.ask()
    collector.bank.faults = ["silent"]
    assert collector.sign(signing).state == "signed_unconfirmed"
    work(collector.now + timedelta(seconds=10))
    assert collector.mandate(signing.mandate_id).state == "active"


def test_a_signed_mandate_not_confirmed_in_time_is_void_and_says_so(collector, work):
    signing = collector.ask()
    collector.bank.faults = ["silent"] * 50
    collector.sign(signing)
    for minute in range(25):
        work(collector.now + timedelta(minutes=minute))
    mandate = collector.mandate(signing.mandate_id)
    assert (mandate.state, mandate.end_reason) == ("void", "confirm_missed")
    assert collector.alerts() == ["mandate_lost"]


def test_a_lost_return_is_found(collector, work):
    signing = collector.ask()
    collector.bank.mandates[collector.mandate(signing.mandate_id).authority] = "signed"
    work(collector.now + timedelta(minutes=3))
    assert collector.mandate(signing.mandate_id).state == "active"


def test_a_page_nobody_signed_is_forgotten(collector, work):
    signing = collector.ask()
    for minutes in (3, 6, 10, 16, 31, 61):
        work(collector.now + timedelta(minutes=minutes))
    mandate = collector.mandate(signing.mandate_id)
    assert (mandate.state, mandate.end_reason) == ("expired", "not_signed")


@pytest.mark.parametrize("provider_sort", [{"mandate_inquiry": True, "confirm_unasked": False}])
class TestWhereTheProviderCanBeAsked:
    def test_a_confirmation_that_worked_unheard_is_not_lost(self, collector, work):
        signing = collector.ask()
        collector.bank.faults = ["silent-done"]
        collector.sign(signing)
        work(collector.now + timedelta(seconds=10))
        assert collector.mandate(signing.mandate_id).state == "active"
        assert collector.bank.asked["confirm"] == 1

    def test_a_second_confirmation_is_no_failure(self, collector):
        signing = collector.ask()
        assert collector.sign(signing, at_bank="active").state == "active"

    def test_a_mandate_ended_at_the_bank_is_found_within_a_day(self, collector, work):
        mandate_id = collector.active()
        collector.bank.mandates[collector.mandate(mandate_id).authority] = "revoked"
        work(collector.now + timedelta(days=1, minutes=1))
        assert collector.mandate(mandate_id).state == "revoked_by_customer"
        assert collector.alerts() == ["mandate_lost"]
        assert len(events(collector, "mandate.revoked")) == 1


def test_a_mandate_ends_with_its_period(collector, work):
    mandate_id = collector.active()
    work(collector.now + timedelta(days=366))
    assert collector.mandate(mandate_id).state == "expired"


def test_a_customer_ends_a_mandate_at_once_and_the_provider_hears_of_it_later(collector, work):
    mandate_id = collector.active()
    collector.bank.faults = ["silent"]
    with acting_for(collector.business.id):
        revoke_mandate(mandate_id=mandate_id, by_customer=True, now=collector.now)
    check_mandate(business_id=collector.business.id, mandate_id=mandate_id, now=collector.now)
    assert collector.mandate(mandate_id).state == "revoked_by_customer"
    assert collector.bank.mandates[collector.mandate(mandate_id).authority] == "active"

    work(collector.now + timedelta(minutes=1))
    assert collector.bank.mandates[collector.mandate(mandate_id).authority] == "revoked"
    assert collector.alerts() == []


def test_ending_twice_is_ending_once(collector):
    mandate_id = collector.active()
    with acting_for(collector.business.id):
        first = revoke_mandate(mandate_id=mandate_id, by_customer=False, now=collector.now)
        again = revoke_mandate(mandate_id=mandate_id, by_customer=True, now=collector.now)
    assert (first, again) == ("revoked_by_merchant", "revoked_by_merchant")
    assert len(events(collector, "mandate.revoked")) == 1


def test_a_mandate_can_rest(collector):
    mandate_id = collector.active()
    with acting_for(collector.business.id):
        assert suspend_mandate(mandate_id=mandate_id, now=collector.now) == "suspended"
        assert resume_mandate(mandate_id=mandate_id, now=collector.now) == "active"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"bank": "999"}, "unknown_bank", "bank"),
        ({"max_debit_rial": 9_000}, "invalid_mandate", "max_debit_rial"),
        ({"max_month_count": 0}, "invalid_mandate", "max_day_count"),
        ({"national_code": "1234567890"}, "invalid_mandate", "national_code"),
    ],
)
def test_what_no_provider_would_take_is_refused_before_the_wire(collector, changes, code, field):
    with pytest.raises(Problem) as refused:
        collector.ask(**changes)
    assert (refused.value.code, list(refused.value.fields)) == (code, [field])


def test_a_mandate_must_last(collector):
    with pytest.raises(Problem):
        collector.ask(expires_at=collector.now + timedelta(days=29))
