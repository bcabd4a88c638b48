"""Problems, idempotency and paging of the API base, through a small endpoint of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.urls import path
from pydantic import BaseModel, ConfigDict

from businesses.models import Branch
from businesses.queries import BusinessInfo
from core.api import idempotency
from core.api.views import Call, Endpoint, Reply
from core.errors import Problem
from core.models import ApiRequest
from core.tenancy import acting_for


class BranchIn(BaseModel):
    """A body with one field of each troublesome kind."""

    model_config = ConfigDict(extra="forbid", strict=False)

    code: str
    amount: int = 1


class Branches(Endpoint):
    """Opens branches; refuses the code "no"."""

    scopes = {"POST": "purchases:write", "GET": "purchases:read"}
    body = {"POST": BranchIn}

    def post(self, call: Call, body: BranchIn) -> Reply:
        Branch.objects.create(code=body.code, name=body.code)
        if body.code == "no":
            raise Problem("refused", "نه")
        return Reply({"code": body.code, "at": call.now}, 201)

    def get(self, call: Call) -> Reply:
        return Reply({"codes": sorted(Branch.objects.values_list("code", flat=True))})


class Wire(Endpoint):
    """Runs with no transaction open."""

    scopes = {"POST": "payments:write"}
    unscoped_methods = frozenset({"POST"})
    key_required = True

    def post(self, call: Call) -> Reply:
        with acting_for(call.business_id):
            Branch.objects.create(code="wire", name="wire")
        return Reply({"ok": True})


urlpatterns = [
    path("api/v1/branches", Branches.as_view()),
    path("api/v1/wire", Wire.as_view()),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def test_database_is_the_test_one_under_the_web_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, database = cursor.fetchone()
    assert user == "vafa_web"
    assert database.startswith("test_")


def test_answer_and_log(api: Any, business: BusinessInfo) -> None:
    answer = api.post("branches", {"code": "b-1"})
    assert answer.status_code == 201
    assert answer.json()["code"] == "b-1"
    assert answer["RateLimit-Limit"]
    with acting_for(business.id):
        row = ApiRequest.objects.get()
    assert (row.method, row.path, row.status, row.key) == ("POST", "/api/v1/branches", 201, None)


def test_same_key_replays_and_other_body_is_refused(api: Any) -> None:
    first = api.post("branches", {"code": "b-1"}, key="k")
    again = api.post("branches", {"code": "b-1"}, key="k")
    assert again.content == first.content
    assert again.status_code == 201
    assert again["Idempotent-Replayed"] == "true"
    other = api.post("branches", {"code": "b-2"}, key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert api.get("branches").json()["codes"] == ["b-1", "main"]


def test_answers_are_json_and_nothing_a_browser_runs(api: Any, client: Any) -> None:
    bearer = {"Authorization": f"Bearer {api.key}"}
    for headers in (bearer, bearer | {"Accept": "text/html"}, {}):
        answer = client.get("/api/v1/branches", headers=headers)
        assert "json" in answer["Content-Type"]
        assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_refusal_writes_nothing_but_the_log_and_may_be_retried(
    api: Any, business: BusinessInfo
) -> None:
    refused = api.post("branches", {"code": "no"}, key="k")
    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "refused"
    assert api.get("branches").json()["codes"] == ["main"]
    with acting_for(business.id):
        assert ApiRequest.objects.get().problem == "refused"
    assert api.post("branches", {"code": "yes"}, key="k").status_code == 201


def test_wire_endpoint_needs_a_key_and_replays(api: Any) -> None:
    assert api.post("wire").json()["code"] == "idempotency_key_missing"
    first, again = api.post("wire", key="w"), api.post("wire", key="w")
    assert first.json() == again.json() == {"ok": True}
    assert again["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{broken", "invalid_json"),
        ('{"code": "a", "amount": 1.5}', "invalid_body"),
        ('{"code": "a", "unknown": 1}', "invalid_body"),
        ("[]", "invalid_body"),
        ("", "invalid_body"),
    ],
)
def test_bad_bodies(api: Any, body: str, code: str) -> None:
    answer = api.client.post(
        "/api/v1/branches",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.key}"},
    )
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] == code


def test_keys(api: Any, client: Any) -> None:
    def code(**headers: str) -> tuple[int, str]:
        answer = client.get("/api/v1/branches", headers=headers)
        return answer.status_code, answer.json()["code"]

    assert code() == (401, "missing_key")
    assert code(Authorization="Bearer vk_live_nonsense") == (401, "invalid_key")
    assert code(Authorization=f"Basic {api.key}") == (401, "missing_key")
    assert api("DELETE", "branches").status_code == 405


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_parallel_requests_with_one_key_have_one_effect(api: Any, business: BusinessInfo) -> None:
    results: list[int] = []

    def call() -> None:
        results.append(api.post("branches", {"code": "once"}, key="k").status_code)
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(results) <= {201, 409}
    assert 201 in results
    with acting_for(business.id):
        assert Branch.objects.filter(code="once").count() == 1


@pytest.fixture
def hold(business: BusinessInfo) -> Iterator[Callable[[str], Callable[[], None]]]:
    """Return what runs a request with a key elsewhere; it returns what ends that run."""
    with ExitStack() as still_running:

        def run(key: str) -> Callable[[], None]:
            still_running.enter_context(transaction.atomic("owner"))
            with connections["owner"].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_advisory_xact_lock(hashtextextended(%s || %s, 0))",
                    [str(business.id), key],
                )
            return still_running.close

        yield run


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_whoever_meets_a_run_that_ends_and_leaves_nothing_may_ask_again(
    api: Any, hold: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, look = hold("k"), idempotency._look

    def ended_since(ask: Any) -> Reply | None:
        end()
        return look(ask)

    monkeypatch.setattr(idempotency, "_look", ended_since)
    met = api.post("branches", {"code": "b-1"}, key="k")
    assert (met.status_code, met.json()["code"]) == (409, "request_in_progress")
    assert met["Retry-After"] == "1"
    assert api.post("branches", {"code": "b-1"}, key="k").status_code == 201


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_an_answer_that_came_while_one_looked_is_replayed(
    api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = api.post("branches", {"code": "b-1"}, key="k")
    look, snapshots = idempotency._look, iter([lambda ask: None])

    def too_early(ask: Any) -> Reply | None:
        """Look at first with a snapshot taken before the other run's COMMIT."""
        return next(snapshots, look)(ask)

    monkeypatch.setattr(idempotency, "_look", too_early)
    again = api.post("branches", {"code": "b-1"}, key="k")
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert again.content == first.content


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_whoever_looked_too_early_undoes_its_own_work(
    api: Any, business: BusinessInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = api.post("branches", {"code": "first"}, key="k")
    monkeypatch.setattr(idempotency, "_demand_first", lambda ask: None)
    other = api.post("branches", {"code": "other"}, key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    with acting_for(business.id):
        assert not Branch.objects.filter(code="other").exists()
        Branch.objects.filter(code="first").delete()
    again = api.post("branches", {"code": "first"}, key="k")
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    with acting_for(business.id):
        assert not Branch.objects.filter(code="first").exists()


def test_the_api_knows_no_session_and_sets_no_cookie(api: Any, owner_client: Any) -> None:
    """A browser that is logged in is nobody to the API, and gets nothing to keep."""
    assert owner_client.get("/api/v1/branches").status_code == 401
    answer = api.post("branches", {"code": "c"}, key="k")
    assert answer.status_code == 201
    assert not answer.cookies
    assert not hasattr(answer.wsgi_request, "session")
