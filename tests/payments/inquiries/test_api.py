"""Inquiries over the API: asked once a key, listed without names, read one at a time."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from businesses.enums import EVERYDAY_SCOPES, Scope
from businesses.operations import issue_api_key
from core.models import ApiRequest
from core.tenancy import acting_for
from payments.models import ProviderCall
from sandbox.people import ACCOUNTS, REZA, SARA
from tests.payments.inquiries.conftest import Asker

SARAS = ACCOUNTS["sara"]


def ask(api, key="", **changes):
    body = {
        "kind": "card_account",
        "card": SARAS.card,
        "purpose": "staff",
        "basis": "consent",
        "note": "پای تلفن رضایت داد",
    }
    return api.post("inquiries", {**body, **changes}, key=key or str(uuid4()))


def test_a_card_is_asked_about_listed_and_read(asker: Asker, api):
    made = ask(api, expected_name="محمدی سارا")
    assert made.status_code == 201, made.json()
    told = made.json()
    assert (told["status"], told["match"], told["provider"], told["billed_calls"]) == (
        "answered",
        "match",
        "jibit_ide",
        1,
    )
    assert told["about"] == f"{SARAS.card[:6]}******{SARAS.card[-4:]}"
    listed = api.get("inquiries").json()
    assert listed["data"] == [told]
    read = api.get(f"inquiries/{told['id']}")
    assert read.json()["found"] == {"iban": SARAS.iban, "bank": "MELLI", "owners": ["سارا محمدی"]}
    assert [one.data["by"] for one in asker.audit("inquiry.read")] == [told["asked_by"]]


def test_names_and_numbers_are_in_no_answer_that_is_kept(asker: Asker, api):
    made = ask(api)
    api.get(f"inquiries/{made.json()['id']}")
    with acting_for(asker.business.id):
        kept = [bytes(one.answer or b"").decode() for one in ApiRequest.objects.all()]
        kept += [repr((one.asked, one.answered)) for one in ProviderCall.objects.all()]
    assert len(kept) == 2
    for secret in (SARAS.card, SARAS.iban, SARA.last_name):
        assert secret not in "".join(kept)


def test_the_same_key_asks_once_and_another_key_uses_the_answer(asker: Asker, api):
    first, again = ask(api, key="k-1"), ask(api, key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    other = ask(api, key="k-2")
    assert (other.status_code, other.json()["answered_by"]) == (200, first.json()["id"])
    assert asker.heard("jibit.ide.card") == 1
    assert ask(api, key="k-1", card=ACCOUNTS["reza"].card).status_code == 422


def test_it_costs_money_so_a_key_is_asked_for(asker: Asker, api):
    answer = api.post("inquiries", {"kind": "iban_owner", "purpose": "payout", "basis": "contract"})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"card": "6037"}, 422, "invalid_inquiry"),
        ({"note": ""}, 422, "inquiry_note_missing"),
        ({"about_id": str(uuid4())}, 404, "not_found"),
        ({"about_id": str(uuid4()), "purpose": "mandate"}, 404, "not_found"),
        ({"kind": "colour"}, 422, "invalid_body"),
    ],
)
def test_what_is_refused(asker: Asker, api, changes, status, code):
    answer = ask(api, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert asker.calls() == []


def test_without_an_account_nobody_is_asked(api, business):
    answer = ask(api)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_inquiry_account")


def test_the_rules_are_read_and_set(asker: Asker, api):
    assert api.get("inquiries/rules").json() == {"daily_limit": 100, "valid_days": 30}
    new = {"daily_limit": 0, "valid_days": 7}
    assert api("put", "inquiries/rules", new).json() == new
    refused = ask(api)
    assert (refused.status_code, refused.json()["code"]) == (429, "inquiry_limit_reached")
    entry = asker.audit("inquiry_rules.changed")[0]
    assert (entry.data["from"], entry.data["to"]) == ([100, 30], [0, 7])
    assert entry.data["by"].startswith("api_key:")


def test_an_everyday_key_asks_nobody(asker: Asker, api, now):
    _key, api.key = issue_api_key(
        business_id=asker.business.id, name="till", now=now, scopes=EVERYDAY_SCOPES
    )
    assert ask(api).status_code == api.get("inquiries").status_code == 403
    assert Scope.INQUIRIES_WRITE not in EVERYDAY_SCOPES


def test_another_business_sees_nothing(asker: Asker, api, other_api):
    made = ask(api).json()
    assert other_api.get(f"inquiries/{made['id']}").status_code == 404
    assert other_api.get("inquiries").json()["data"] == []


def test_lists_cost_the_same_for_one_and_for_three(asker: Asker, api):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert api.get("inquiries").status_code == 200
        return len(asked)

    ask(api)
    one = cost()
    ask(api)
    ask(api, card=ACCOUNTS["reza"].card)
    assert len(api.get("inquiries").json()["data"]) == 3
    assert cost() == one


def test_kinds_are_filtered(asker: Asker, api):
    ask(api)
    ask(
        api,
        kind="mobile_national_code",
        card="",
        mobile=SARA.mobile,
        national_code=REZA.national_code,
    )
    told = api.get("inquiries?kind=mobile_national_code").json()["data"]
    assert [one["match"] for one in told] == ["no_match"]
    assert api.get("inquiries?kind=x").status_code == 400
