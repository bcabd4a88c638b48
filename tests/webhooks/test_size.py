"""A message is never larger than receivers take (R44)."""

import json

from core.ids import new_id
from webhooks.models import WebhookEndpoint
from webhooks.operations.messages import MOST_BYTES, _message
from webhooks.queries.kinds import Told


def test_r44_a_message_too_large_is_told_without_its_long_texts(acting, now):
    key, purchase = new_id(), new_id()
    data = {"purchase_id": purchase, "total": 5, "channel": "till", "external_id": "ش" * 20_000}
    row = _message(WebhookEndpoint(id=new_id()), Told(key, "purchase.recorded", data), now, now)
    assert len(row.body.encode()) <= MOST_BYTES
    told = json.loads(row.body)
    assert told["shortened"] is True
    assert told["data"] == {"purchase_id": str(purchase), "total": 5, "channel": "till"}


def test_a_message_of_usual_size_is_told_whole(acting, now):
    data = {"external_id": "ش" * 400}
    row = _message(
        WebhookEndpoint(id=new_id()), Told(new_id(), "purchase.recorded", data), now, now
    )
    assert json.loads(row.body)["data"] == data
    assert "shortened" not in json.loads(row.body)
