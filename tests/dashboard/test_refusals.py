"""What an operation refuses is shown beside what was typed."""

import pytest


@pytest.mark.django_db
def test_a_wrong_iban_is_told_beside_it_and_nothing_typed_is_lost(owner_client, business) -> None:
    typed = {
        "title": "ملی",
        "iban": "IR12",
        "check_digits": "mod_97",
        "customer_digits": "8",
        "duplicate_seconds": "60",
        "signature_minutes": "30",
    }
    answer = owner_client.post(f"/b/{business.slug}/bank-accounts/", typed)
    form = answer.context["form"]
    assert list(form.errors) == ["iban"]
    assert form["title"].value() == "ملی"


@pytest.mark.django_db
def test_wrong_credentials_are_told_beside_them(owner_client, business) -> None:
    typed = {"act": "add", "provider": "zibal", "credential_merchant": "نه"}
    answer = owner_client.post(f"/b/{business.slug}/gateways/", typed)
    assert list(answer.context["new"].errors) == ["credential_merchant"]
