"""From what happened to the receiver's log, over real HTTP (R44)."""

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from core.tenancy import acting_for
from customers.models import Customer
from customers.operations import merge_customers, record_return
from loyalty.models import Lot
from loyalty.operations import commit_redemption, reserve_redemption, sweep_business, update_program
from outbox.models import Delivery, Event
from payments.enums import AlertKind
from payments.queries.alerts import alert_rows
from tests.webhooks.conftest import MOBILE
from webhooks.enums import MessageState
from webhooks.models import WebhookEndpoint
from webhooks.operations import (
    change_endpoint,
    forget_messages,
    remove_endpoint,
    replay_dead,
    replay_message,
    rotate_secret,
    send_due,
    send_test,
)
from webhooks.operations.messages import GIVE_UP
from webhooks.operations.send import LEASE, MOST_TRIES, _claim
from webhooks.queries.kinds import KINDS

ALL = [one.name for one in KINDS]


def _heard(fresh_sandbox, name="shop"):
    return [one for one in fresh_sandbox.log(door="receiver") if one["merchant_id"] == name]


def _bodies(fresh_sandbox, name="shop"):
    return [json.loads(one["asked"]["body"]) for one in _heard(fresh_sandbox, name)]


def _fits(secret, event):
    """Check a signature as a receiver does, from the standard alone."""
    heads, body = event["asked"]["headers"], event["asked"]["body"]
    covered = f"{heads['webhook-id']}.{heads['webhook-timestamp']}.{body}".encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.new(key, covered, hashlib.sha256).digest()).decode()
    return f"v1,{right}" in heads["webhook-signature"].split(" ")


def test_r44_a_sale_is_told_signed_and_once(receiver, sell, work, fresh_sandbox, now):
    opened = receiver()
    purchase_id = sell()
    assert work() == 1
    [event] = _heard(fresh_sandbox)
    assert _fits(opened.secret, event)
    assert not _fits("whsec_" + base64.b64encode(b"x" * 32).decode(), event)
    body = json.loads(event["asked"]["body"])
    heads = event["asked"]["headers"]
    assert heads["webhook-timestamp"] == str(int(now.timestamp()))
    assert (body["id"], body["type"], body["test"]) == (
        heads["webhook-id"],
        "purchase.recorded",
        False,
    )
    assert body["data"]["purchase_id"] == str(purchase_id)
    assert body["data"]["total"] == 900_000
    assert work(now + timedelta(days=1)) == 0


def test_r58_nothing_of_a_person_is_told_but_their_id(receiver, sell, work, fresh_sandbox, now):
    receiver(*ALL)
    sell()
    work()
    said = "".join(one["asked"]["body"] for one in _heard(fresh_sandbox))
    assert "purchase.recorded" in said
    assert "customer.created" in said
    assert MOBILE[1:] not in said


def test_everything_that_can_be_heard_of_a_sale(business, receiver, sell, work, fresh_sandbox, now):
    receiver(*ALL)
    with acting_for(business.id):
        update_program(changes={"expiry_months": 1}, actor=None, now=now)
    purchase_id = sell(5_000_000)
    with acting_for(business.id):
        buyer = Customer.objects.get().id
        held = reserve_redemption(customer_id=buyer, points=3, now=now)
        commit_redemption(redemption_id=held.id, now=now)
        record_return(purchase_id=purchase_id, external_id="r1", amount_rial=1_000_000, now=now)
    later = now + timedelta(days=60)
    with acting_for(business.id):
        sweep_business(now=later)
        left = -Lot.objects.get().earned_points
    work(later)
    found = {one["type"]: one["data"] for one in _bodies(fresh_sandbox)}
    assert found["points.earned"]["points"] == -left == 50
    assert found["points.spent"] == {
        "customer_id": str(buyer),
        "redemption_id": str(held.id),
        "points": 3,
        "value": held.value_rial,
    }
    assert found["points.expired"] == {"customer_id": str(buyer), "points": 50 - 3 - 10}
    assert found["purchase.returned"]["returned_so_far"] == 1_000_000
    assert found["customer.first_purchase"]["purchase_id"] == str(purchase_id)
    keys = [one["id"] for one in _bodies(fresh_sandbox)]
    assert len(set(keys)) == len(keys)


def test_a_second_purchase_is_no_first_and_a_stranger_earns_nothing_told(
    receiver, sell, work, fresh_sandbox
):
    receiver("customer.first_purchase", "points.earned")
    sell()
    sell()
    sell(mobile=None)
    work()
    kinds = sorted(one["type"] for one in _bodies(fresh_sandbox))
    assert kinds == ["customer.first_purchase", "points.earned", "points.earned"]


def test_a_merge_is_told(business, receiver, sell, work, fresh_sandbox, now):
    receiver("customer.merged")
    sell()
    sell(mobile="09123333333")
    with acting_for(business.id):
        one, other = Customer.objects.order_by("id").values_list("id", flat=True)
        merge_customers(survivor_id=one, merged_id=other, now=now)
    work()
    [body] = _bodies(fresh_sandbox)
    assert body["data"] == {"survivor_id": str(one), "merged_id": str(other)}


def test_who_asked_for_nothing_has_no_delivery(business, sell, receiver, now):
    sell()
    with acting_for(business.id):
        assert Event.objects.filter(name="purchase.recorded").count() == 1
        assert not Delivery.objects.filter(subscriber="webhooks.tell").exists()
    receiver("points.spent")
    sell()
    with acting_for(business.id):
        assert not Delivery.objects.filter(subscriber="webhooks.tell").exists()


def test_a_switched_off_receiver_hears_nothing_more(business, receiver, sell, work, told, now):
    endpoint = receiver().endpoint
    sell()
    with acting_for(business.id):
        change_endpoint(
            endpoint_id=endpoint.id,
            url=endpoint.url,
            kinds=endpoint.kinds,
            is_open=False,
            actor=None,
            now=now,
        )
    sell()
    assert work() == 0
    assert told() == []


def test_r44_what_fails_is_sent_again_with_the_same_id(
    receiver, sell, work, fresh_sandbox, told, now
):
    receiver()
    fresh_sandbox.script("receive", "html_500", times=1, merchant="shop")
    sell()
    assert work() == 1
    [row] = told()
    assert (row.state, row.attempts, row.status) == (MessageState.PENDING, 1, 500)
    assert len(row.answer) <= 500
    assert work(now + timedelta(seconds=5)) == 0
    assert work(now + timedelta(seconds=11)) == 1
    [row] = told()
    assert (row.state, row.attempts, row.status) == (MessageState.DELIVERED, 2, 200)
    ids = {one["asked"]["headers"]["webhook-id"] for one in _heard(fresh_sandbox)}
    assert ids == {str(row.key)}


def test_r44_after_the_last_try_it_is_a_dead_letter_and_can_be_sent_again(
    business, receiver, sell, work, fresh_sandbox, told, now
):
    endpoint = receiver().endpoint
    fresh_sandbox.script("receive", "error", times=MOST_TRIES, merchant="shop", code=500)
    sell()
    at, tries = now, 0
    for _ in range(3 * MOST_TRIES):
        tries += work(at)
        at += timedelta(days=1)
    [row] = told()
    assert (row.state, row.attempts, tries) == (MessageState.DEAD, MOST_TRIES, MOST_TRIES)
    with acting_for(business.id):
        [alert] = alert_rows(kind=AlertKind.WEBHOOK_LOST, is_open=True)
        assert (alert.source_id, alert.times) == (endpoint.id, 1)
        assert replay_dead(endpoint_id=endpoint.id, now=at) == 1
        assert replay_dead(endpoint_id=endpoint.id, now=at) == 0
    assert work(at) == 1
    [row] = told()
    assert (row.state, row.attempts) == (MessageState.DELIVERED, 1)
    with acting_for(business.id):
        assert not alert_rows(kind=AlertKind.WEBHOOK_LOST, is_open=True).exists()
        replay_message(message_id=row.id, now=at)
    assert work(at) == 1
    assert len(_heard(fresh_sandbox)) == MOST_TRIES + 2


def test_a_receiver_that_fails_is_asked_less_and_less(
    business, receiver, sell, work, fresh_sandbox, now
):
    receiver()
    fresh_sandbox.script("receive", "html_500", times=20, merchant="shop")
    for _ in range(5):
        sell()
    asked = [work(now + timedelta(seconds=second)) for second in range(60)]
    # After 2 s, 10 s, 30 s more, however many messages wait.
    assert sum(asked) == 4
    sell()
    assert work(now + timedelta(seconds=60)) == 0
    with acting_for(business.id):
        assert WebhookEndpoint.objects.get().failures == 4


def test_one_that_hangs_keeps_nobody_waiting(
    business, other_business, receiver, sell, carry, fresh_sandbox, now, in_parallel
):
    receiver(name="slow")
    receiver(name="quick", whose=other_business)
    fresh_sandbox.script("receive", "timeout_done", times=9, merchant="slow", seconds=4)
    sell()
    for _ in range(10):
        sell(whose=other_business)
    carry()
    began = time.monotonic()

    def worker():
        done = send_due(clock=lambda: now, seconds=3, at_once=1)
        return done, time.monotonic() - began

    took = in_parallel(worker, worker, role="vafa_worker")
    assert sorted(done for done, _s in took) == [1, 10]
    assert dict(took)[10] < dict(took)[1]


def test_two_workers_tell_everything_once(
    business, receiver, sell, carry, fresh_sandbox, now, in_parallel
):
    receiver(name="one")
    receiver(name="two")
    for _ in range(10):
        sell()
    carry()
    works = [lambda: send_due(clock=lambda: now, seconds=30, at_once=1)] * 4
    assert sum(in_parallel(*works, role="vafa_worker")) == 20
    for name in ("one", "two"):
        heard = _bodies(fresh_sandbox, name)
        assert len({one["id"] for one in heard}) == len(heard) == 10


def test_a_killed_workers_turn_comes_back(business, receiver, sell, carry, work, told, now):
    receiver()
    sell()
    carry()
    turn = _claim(now)
    assert turn is not None
    assert work() == 0
    assert work(now + LEASE) == 1
    [row] = told()
    assert row.state == MessageState.DELIVERED


def test_what_is_written_while_a_turn_ends_is_not_overlooked(
    business, receiver, sell, carry, now, in_parallel, told
):
    receiver()
    for _ in range(4):
        for _ in range(5):
            sell()

        def tell():
            carry()

        def send():
            return send_due(clock=lambda: now, seconds=30, at_once=1)

        in_parallel(tell, send, send, role="vafa_worker")
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE vafa_worker")
        carry()
        send_due(clock=lambda: now, seconds=30, at_once=1)
    assert {row.state for row in told()} == {MessageState.DELIVERED}
    assert len(told()) == 20


def test_both_secrets_sign_for_a_day(business, receiver, sell, work, fresh_sandbox, now):
    opened = receiver()
    with acting_for(business.id):
        fresh = rotate_secret(endpoint_id=opened.endpoint.id, actor=None, now=now)
    assert fresh.secret != opened.secret
    sell()
    work()
    sell()
    work(now + timedelta(hours=25))
    first, second = _heard(fresh_sandbox)
    assert _fits(opened.secret, first)
    assert _fits(fresh.secret, first)
    assert not _fits(opened.secret, second)
    assert _fits(fresh.secret, second)


def test_secrets_are_sealed_at_rest(business, receiver):
    opened = receiver()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.business_id', %s, false)", [str(business.id)])
        cursor.execute("SELECT e::text FROM webhooks_webhookendpoint e")
        [[row]] = cursor.fetchall()
        cursor.execute("SELECT set_config('app.business_id', '', false)")
    assert opened.secret.removeprefix("whsec_") not in row
    assert opened.secret.removeprefix("whsec_").encode().hex() not in row


def test_a_test_is_sent_one_at_a_time(business, receiver, work, fresh_sandbox, now):
    endpoint = receiver().endpoint
    with acting_for(business.id):
        send_test(endpoint_id=endpoint.id, now=now)
        with pytest.raises(Exception, match="test_waiting"):
            send_test(endpoint_id=endpoint.id, now=now)
    assert work() == 1
    [body] = _bodies(fresh_sandbox)
    assert body["type"] == "test"


def test_removing_gives_up_what_waits(business, receiver, sell, carry, work, told, now):
    endpoint = receiver().endpoint
    sell()
    carry()
    with acting_for(business.id):
        remove_endpoint(endpoint_id=endpoint.id, actor=None, now=now)
    assert work(now + timedelta(days=1)) == 0
    [row] = told()
    assert row.state == MessageState.DEAD
    sell()
    work()
    assert len(told()) == 1


def test_old_messages_are_given_up_and_then_forgotten(business, receiver, sell, carry, told, now):
    receiver()
    sell()
    carry()
    with acting_for(business.id):
        assert forget_messages(now=now + GIVE_UP) == 0
        assert forget_messages(now=now + GIVE_UP + timedelta(seconds=1)) == 1
    [row] = told()
    assert row.state == MessageState.DEAD
    with acting_for(business.id):
        [alert] = alert_rows(kind=AlertKind.WEBHOOK_LOST, is_open=True)
        remove_endpoint(endpoint_id=alert.source_id, actor=None, now=now)
        assert not alert_rows(kind=AlertKind.WEBHOOK_LOST, is_open=True).exists()
        assert forget_messages(now=now + timedelta(days=94)) == 0
        assert forget_messages(now=now + timedelta(days=96)) == 1
    assert told() == []


def test_an_event_delivered_twice_is_told_once(business, receiver, sell, carry, told, now):
    receiver("purchase.recorded", "points.earned")
    sell()
    carry()
    with acting_for(business.id):
        Delivery.objects.filter(subscriber="webhooks.tell").update(state="pending", done_at=None)
    carry(now + timedelta(days=1))
    assert len(told()) == 2
    assert all(isinstance(row.key, UUID) for row in told())
