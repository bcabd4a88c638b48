"""The survey page and its sweeper fed with the unusual."""

from importlib import import_module

import pytest
from django.test import Client
from django.utils import timezone

from core.tenancy import active_business_id
from customers.operations import CustomerHint
from tests.feedback.conftest import HOUR, MOBILE, Shop

sweep_module = import_module("feedback.operations.sweep")
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("score", ["9" * 5000, "۹" * 5000, "²", "-1", "9.5", "", "\x00"])
def test_a_mark_that_is_none_is_refused(shop, score):
    shop.sell_one(timezone.now())
    answer = Client().post(f"/s/{shop.token()}/", {"score": score})
    assert answer.status_code == 422


@pytest.mark.parametrize("token", ["A" * 42 + "%00", "%00" * 43, "A" * 43, "ا" * 43, "-" * 43])
def test_an_invented_link_is_not_found(db, token):
    assert Client().get(f"/s/{token}/").status_code == 404


def test_one_business_in_trouble_does_not_keep_the_others_waiting(
    shop, other_business, as_role, now, monkeypatch
):
    other = Shop(other_business, as_role)
    shop.sell_one(now)
    other.sell_one(now)
    send = sweep_module.send_invitations

    def break_down(**asked):
        if active_business_id() == shop.business.id:
            raise LookupError("broken on purpose")
        return send(**asked)

    monkeypatch.setattr(sweep_module, "send_invitations", break_down)
    assert shop.sweep(now + HOUR) == 1
    assert other.invitation().state == "open"


def test_a_name_without_end_still_gets_an_invitation(shop, now):
    shop.survey(invitation="سلام {name}! " * 5)
    (outcome,) = shop.sell(now, shop.purchase(customer=CustomerHint(mobile=MOBILE, name="س" * 200)))
    assert outcome.error is None
    assert shop.sweep(now + HOUR) == 1
