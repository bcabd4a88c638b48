"""Receivers over the API and on their pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from businesses.enums import Scope
from businesses.operations import issue_api_key
from core.tenancy import acting_for
from tests.conftest import ApiClient
from webhooks.models import WebhookEndpoint, WebhookMessage
from webhooks.operations import open_endpoint, send_test
from webhooks.queries.kinds import KINDS, NAMES

URL = "https://shop.example.com/vafa"
KIND = "purchase.recorded"


def _open(api, key="k1", **more):
    return api.post("webhook-endpoints", {"url": URL, "kinds": [KIND], **more}, key=key)


@pytest.mark.django_db
def test_the_secret_is_told_once_even_when_the_call_is_repeated(api):
    made = _open(api)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    again = _open(api)
    assert (again.status_code, again.json()["secret"]) == (201, None)
    assert again.json()["id"] == made.json()["id"]
    [row] = api.get("webhook-endpoints").json()["data"]
    assert "secret" not in row


@pytest.mark.django_db
def test_a_receivers_whole_life_over_the_api(api, now):
    one = _open(api, note="فروشگاه").json()["id"]
    path = f"webhook-endpoints/{one}"
    changed = api.patch(path, {"kinds": ["points.spent", KIND], "is_open": False}).json()
    assert (changed["kinds"], changed["is_open"], changed["url"]) == (
        ["points.spent", KIND],
        False,
        URL,
    )
    assert api.post(f"{path}/test").json()["code"] == "closed"
    api.patch(path, {"is_open": True})
    sent = api.post(f"{path}/test")
    assert (sent.status_code, sent.json()["type"]) == (202, "test")
    assert api.post(f"{path}/test").json()["code"] == "test_waiting"
    [message] = api.get("webhook-messages").json()["data"]
    assert message["status"] == "pending"
    assert api.get("webhook-messages", {"status": "dead"}).json()["data"] == []
    assert api.post(f"webhook-messages/{message['id']}/replay").json()["status"] == "pending"
    rotated = api.post(f"{path}/secret").json()
    assert rotated["previous_secret_until"]
    assert api("DELETE", path).status_code == 200
    assert api.get(path).status_code == 404
    assert api.post(f"webhook-messages/{message['id']}/replay").status_code == 404


@pytest.mark.django_db
def test_only_a_key_an_owner_gave_it_to_says_where_news_goes(business, now):
    scopes = [scope for scope in Scope if scope != Scope.WEBHOOKS]
    _key, plaintext = issue_api_key(business_id=business.id, name="till", now=now, scopes=scopes)
    assert _open(ApiClient(plaintext)).status_code == 403


@pytest.mark.django_db
def test_what_can_be_heard_stands_in_the_document(api):
    documents = api.client.get("/api/v1/schema/", headers={"Accept": "application/json"})
    told = documents.json()["webhooks"]
    assert set(told) == NAMES | {"test"}
    shape = told[KIND]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert shape["properties"]["type"]["const"] == KIND
    assert "total" in shape["properties"]["data"]["properties"]


def test_kinds_have_names_of_their_own():
    assert len(NAMES) == len(KINDS)


def _page(name, business, *arguments):
    return reverse(f"dashboard:{name}", args=[business.slug, *arguments])


@pytest.mark.django_db
def test_an_owner_opens_a_receiver_and_sees_its_secret_once(owner_client, business):
    empty = owner_client.get(_page("webhooks", business))
    assert "هنوز" in empty.content.decode()
    form = {"url": URL, "note": "فروشگاه", "kinds": [KIND]}
    made = owner_client.post(_page("webhook-new", business), form)
    assert made["Cache-Control"] == "no-store"
    assert "whsec_" in made.content.decode()
    with acting_for(business.id):
        [row] = WebhookEndpoint.objects.all()
    shown = owner_client.get(_page("webhook", business, row.id)).content.decode()
    assert URL in shown
    assert "whsec_" not in shown
    wrong = owner_client.post(_page("webhook-new", business), form | {"url": "https://10.0.0.1/"})
    assert wrong.status_code == 422


@pytest.mark.django_db
def test_the_buttons_of_a_receiver(owner_client, business, now):
    with acting_for(business.id):
        row = open_endpoint(url=URL, kinds=[KIND], actor=None, now=now).endpoint
    act = _page("webhook-act", business, row.id)
    for _ in range(2):
        assert owner_client.post(act, {"action": "test"}).status_code == 302
    with acting_for(business.id):
        [message] = WebhookMessage.objects.all()
        WebhookMessage.objects.update(state="dead", next_at=None, done_at=now)
    assert owner_client.post(act, {"action": "again"}).status_code == 302
    with acting_for(business.id):
        assert WebhookMessage.objects.get().state == "pending"
        WebhookMessage.objects.update(state="dead", next_at=None, done_at=now)
    owner_client.post(_page("webhook-replay", business, message.id))
    with acting_for(business.id):
        assert WebhookMessage.objects.get().state == "pending"
    assert "whsec_" in owner_client.post(act, {"action": "secret"}).content.decode()
    owner_client.post(act, {"action": "switch"})
    with acting_for(business.id):
        assert not WebhookEndpoint.objects.get().is_open
    changed = {"url": f"{URL}/2", "note": "", "kinds": ["points.spent"]}
    owner_client.post(_page("webhook", business, row.id), changed)
    with acting_for(business.id):
        kept = WebhookEndpoint.objects.get()
    assert (kept.url, kept.kinds, kept.is_open) == (f"{URL}/2", ["points.spent"], False)
    assert owner_client.post(act, {"action": "x"}).status_code == 404
    owner_client.post(act, {"action": "remove"})
    assert owner_client.get(_page("webhook", business, row.id)).status_code == 404


@pytest.mark.django_db
def test_pages_cost_the_same_for_one_row_and_for_three(owner_client, business, now):
    def costs(path):
        owner_client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert owner_client.get(path).status_code == 200
        return len(asked)

    with acting_for(business.id):
        row = open_endpoint(url=URL, kinds=[KIND], actor=None, now=now).endpoint
        send_test(endpoint_id=row.id, now=now)
    pages = [_page("webhooks", business), _page("webhook", business, row.id)]
    one = [costs(path) for path in pages]
    with acting_for(business.id):
        for step in (1, 2):
            open_endpoint(url=URL, kinds=[KIND], actor=None, now=now)
            WebhookMessage.objects.update(state="delivered", next_at=None, done_at=now)
            send_test(endpoint_id=row.id, now=now + timedelta(hours=step))
    assert [costs(path) for path in pages] == one
