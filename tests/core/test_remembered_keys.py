"""A process remembers keys; what is done to one holds for the very next request all the same."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from businesses.models import ApiKey, Branch, Business
from businesses.queries import BusinessInfo
from core.models import ApiRequest
from core.tenancy import acting_for
from tests.core import test_api_base

pytestmark = [pytest.mark.django_db, pytest.mark.urls(test_api_base.__name__)]

ASKS = {
    "read": lambda api: api.get("branches"),
    "write": lambda api: api.post("branches", {"code": "after"}, key="k-after"),
    "write without a key": lambda api: api.post("branches", {"code": "after"}),
    "repetition": lambda api: api.post("branches", {"code": "before"}, key="k-before"),
    "bad body": lambda api: api.post("branches", {"amount": "?"}),
    "bad key": lambda api: api.post("branches", {"code": "after"}, key="k" * 300),
    "wire": lambda api: api.post("wire", {}, key="k-wire"),
}


@pytest.fixture
def used(api: Any) -> Any:
    """Return a client whose key this process has seen."""
    assert api.post("branches", {"code": "before"}, key="k-before").status_code == 201
    assert "before" in api.get("branches").json()["codes"]
    return api


def _told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code")


def _nothing_was_done(business: BusinessInfo) -> bool:
    with acting_for(business.id):
        codes = set(Branch.objects.values_list("code", flat=True))
        return codes == {"main", "before"} and ApiRequest.objects.count() == 1


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_a_key_revoked_by_another_process_opens_nothing_more(
    used: Any, business: BusinessInfo, ask: Any
) -> None:
    ApiKey.objects.update(revoked_at=timezone.now())
    assert _told(ask(used)) == (401, "revoked_key")
    assert _told(ask(used)) == (401, "revoked_key")
    assert _nothing_was_done(business)


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_a_right_taken_away_is_gone_at_once(used: Any, business: BusinessInfo, ask: Any) -> None:
    ApiKey.objects.update(scopes=["customers:read"])
    assert _told(ask(used)) == (403, "missing_scope")
    assert _nothing_was_done(business)


def test_a_right_given_is_there_at_once(used: Any) -> None:
    ApiKey.objects.update(scopes=["purchases:read"])
    assert _told(used.post("branches", {"code": "x"})) == (403, "missing_scope")
    ApiKey.objects.update(scopes=["purchases:read", "purchases:write"])
    assert used.post("branches", {"code": "x"}).status_code == 201


def test_a_key_about_to_end_goes_on_and_then_ends(used: Any) -> None:
    ApiKey.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert used.post("branches", {"code": "grace"}, key="k-2").status_code == 201
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert _told(used.post("branches", {"code": "late"}, key="k-3")) == (401, "expired_key")


def test_a_business_put_to_rest_takes_its_keys_along(used: Any, business: BusinessInfo) -> None:
    Business.objects.filter(id=business.id).update(is_active=False)
    assert _told(used.get("branches")) == (401, "invalid_key")
