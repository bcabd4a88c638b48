"""From the sale to the answer, over a real SMS centre and the public page."""

import re

from django.utils import timezone

from customers.models import Case
from messaging.operations import send_due
from tests.feedback.conftest import HOUR
from tests.sandbox_server import fresh_sandbox, sandbox

__all__ = ["fresh_sandbox", "sandbox"]


def test_a_customer_is_texted_answers_and_is_heard(
    shop, now, as_role, client, fresh_sandbox, settings, monkeypatch
):
    settings.SMS_BASE_URL = fresh_sandbox.base_url
    shop.sell_one(now)
    later = now + HOUR
    shop.sweep(later)
    with as_role("vafa_worker"):
        send_due(now=later)
    (sms,) = fresh_sandbox.sms()
    assert sms["receptor"] == "09121234567"
    path = re.search(r"/s/[\w-]+/", str(sms["message"]))
    assert path
    monkeypatch.setattr(timezone, "now", lambda: later)
    page = client.post(path[0], {"score": "3", "comment": "شیر تمام شده بود"}, follow=True)
    assert page.status_code == 200
    (case,) = shop.rows(Case)
    assert case.detail == "شیر تمام شده بود"
    assert "۳" in case.title
