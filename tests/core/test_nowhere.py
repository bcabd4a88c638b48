"""Addresses that are none, methods that are none and faults of ours: problems for software too."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
HERE = "چنین چیزی اینجا نیست."


@pytest.mark.parametrize("path", ["no-such-thing", "customers/7", "", "purchases/x/y", "%00"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
def test_an_unknown_address_is_a_problem_with_or_without_a_key(
    api: Any, path: str, method: str
) -> None:
    for answer in (api(method, path), getattr(Client(), method.lower())(f"/api/v1/{path}")):
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
        assert answer.json() == {
            "type": "urn:vafa:problem:not_found",
            "title": "Not Found",
            "status": 404,
            "code": "not_found",
            "detail": HERE,
        }
        assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_the_words_are_in_the_language_asked_for() -> None:
    answer = Client().get("/api/v1/no-such-thing", headers={"Accept-Language": "en"})
    assert answer.json()["detail"] == "There is no such thing here."


def test_nobody_else_tells_a_row_of_ours_from_no_address(other_api: Any, business: Any) -> None:
    row = other_api.get(f"customers/{business.id}")
    none = other_api.get("no-such-thing")
    assert row.status_code == none.status_code == 404
    assert row.json()["code"] == none.json()["code"]


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_a_wrong_method_is_a_problem(api: Any, method: str) -> None:
    answer = api(method, "outlooks")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.json()["detail"] == "این روش اینجا مجاز نیست."


def test_a_fault_of_ours_is_a_problem(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("core.api.views._rendered", broken)
    api.client.raise_request_exception = False
    answer = api.get("segments")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["code"] == "server_error"
    assert "Idempotency-Key" in answer.json()["detail"]


def test_people_still_get_a_page() -> None:
    answer = Client().get("/no-such-thing")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")
