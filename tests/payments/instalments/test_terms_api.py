"""C029, ADR 21: the terms of credit over HTTP; only a key an owner gave this to changes them."""

import pytest

from businesses.enums import EVERYDAY_SCOPES, Scope
from businesses.models import AuditEntry
from businesses.operations import issue_api_key
from core.tenancy import acting_for
from payments.models import CreditPolicy

WANTED = {
    "on": True,
    "min_grade": 70,
    "lends_without_history": True,
    "max_without_history": 10_000_000,
    "max_customer": 80_000_000,
    "max_total": 900_000_000,
    "max_instalments": 4,
    "down_percent": 30,
    "grace_days": 2,
    "late_fee": 500_000,
    "late_fee_after_days": 5,
    "worth_percent": 150,
}


def test_until_terms_are_set_nobody_is_lent_to(api):
    told = api.get("credit/terms").json()
    assert (told["on"], told["max_total"], told["owed"]) == (False, 0, 0)


def test_terms_are_set_whole_and_written_down(lender, api):
    lender.sell()
    for _twice in range(2):
        answer = api("put", "credit/terms", WANTED)
        assert answer.status_code == 200, answer.json()
        assert answer.json() == {**WANTED, "owed": 9_000_000}
    assert api.get("credit/terms").json() == answer.json()
    with acting_for(lender.shop.business.id):
        entry = AuditEntry.objects.filter(action="credit_terms.changed").order_by("-at")[1]
    assert entry.data["changed"]["most_count"] == [6, 4]
    assert entry.data["by"].startswith("api_key:")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("min_grade", 101),
        ("max_total", -1),
        ("max_total", 10**19),
        ("max_instalments", 0),
        ("down_percent", 101),
        ("grace_days", 61),
        ("late_fee", -1),
        ("worth_percent", 1001),
        ("interest", 5),
    ],
)
def test_nonsense_changes_nothing(lender, api, name, value):
    before = api.get("credit/terms").json()
    answer = api("put", "credit/terms", {**WANTED, name: value})
    assert (answer.status_code, api.get("credit/terms").json()) == (422, before)


def test_a_key_of_the_till_reads_the_terms_and_cannot_change_them(lender, api, now):
    _key, api.key = issue_api_key(
        business_id=lender.shop.business.id, name="till", now=now, scopes=EVERYDAY_SCOPES
    )
    assert Scope.CREDIT_WRITE not in EVERYDAY_SCOPES
    assert api.get("credit/terms").status_code == 200
    assert api("put", "credit/terms", WANTED).status_code == 403


def test_another_business_has_its_own_terms(lender, other_api):
    assert other_api.get("credit/terms").json()["on"] is False
    assert other_api("put", "credit/terms", WANTED).status_code == 200
    with acting_for(lender.shop.business.id):
        assert CreditPolicy.objects.get().most_count == 6
