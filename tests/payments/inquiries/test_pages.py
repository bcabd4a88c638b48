"""Inquiries on the manager's pages: asked, listed without names, read one at a time."""

import re
from html import unescape

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.enums import Role
from core.tenancy import acting_for
from payments.operations.deposits import save_bank_account
from payments.queries.inquiries import inquiry_rules
from sandbox.people import ACCOUNTS, REZA, SARA
from tests.dashboard.conftest import client_as, text_of
from tests.payments.deposits.conftest import OURS
from tests.payments.inquiries.conftest import PRICE, Asker

__all__ = ["client_as", "text_of"]

SARAS = ACCOUNTS["sara"]


@pytest.fixture
def now():
    """Return the real time: what answers here reads the clock itself."""
    return timezone.now()


def place(asker: Asker, path: str = "") -> str:
    return f"/b/{asker.business.slug}/inquiries/{path}"


def typed(**changes: str) -> dict[str, str]:
    """Return what a person types about Sara's card."""
    return {
        "card": " ".join(SARAS.card[place : place + 4] for place in range(0, 16, 4)),
        "expected_name": "سارا محمدي",
        "purpose": "staff",
        "note": "مشتری تلفن کرد",
        "basis": "consent",
        **changes,
    }


def test_without_a_row_the_page_teaches(asker: Asker, owner_client, text_of):
    page = text_of(owner_client.get(place(asker)))
    assert "پیش از آنکه پول به حساب دیگری برود" in page


def test_asking_leads_to_the_answer_and_both_are_written_down(asker, owner_client, text_of):
    answer = owner_client.post(place(asker, "new/?kind=card_account"), typed())
    (row,) = asker.rows()
    assert answer["Location"] == place(asker, f"{row.id}/")
    page = text_of(owner_client.get(answer["Location"]))
    for shown in ("سارا محمدی", SARAS.iban, "همان شخص", "مشتری تلفن کرد", "۱٬۲۰۰ تومان"):
        assert shown in page
    assert SARAS.card not in page
    asked, read = asker.audit("inquiry.asked")[0], asker.audit("inquiry.read")[0]
    assert asked.actor_id == read.actor_id is not None
    assert (row.cost_rial, row.asked_by) == (PRICE, asked.actor_name)


def test_a_known_answer_says_so(asker, owner_client, text_of):
    for _time in range(2):
        answer = owner_client.post(place(asker, "new/?kind=card_account"), typed())
    page = text_of(owner_client.get(answer["Location"]))
    assert "پاسخ از قبل معتبر بود" in page
    assert "هیچ: پاسخ قبلی به کار رفت" in page
    assert asker.heard("jibit.ide.card") == 1


def test_lists_show_no_names_and_cost_the_same_for_one_and_three(asker, owner_client, text_of):
    asker.ask(expected_name="سارا محمدی")

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = text_of(owner_client.get(place(asker)))
        assert SARA.last_name not in page
        return len(asked)

    one = cost()
    asker.ask()
    asker.ask(iban=ACCOUNTS["reza"].iban, expected_name="سارا محمدی")
    assert cost() == one
    page = text_of(owner_client.get(place(asker)))
    assert ("همان شخص" in page, "شخص دیگر" in page, "از قبل معلوم" in page) == (True,) * 3
    filtered = text_of(owner_client.get(place(asker, "?kind=card_owner")))
    assert "همان شخص" not in filtered


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("card_account", {"card": "1234"}, "این مقدار را دوباره ببینید"),
        ("card_account", {"note": ""}, "بنویسید چرا"),
        (
            "mobile_national_code",
            {"mobile": "0912", "national_code": "1"},
            "این مقدار را دوباره ببینید",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(asker, owner_client, text_of, kind, changes, said):
    answer = owner_client.post(place(asker, f"new/?kind={kind}"), typed(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert asker.rows() == []


def test_every_kind_has_a_form_and_a_strange_one_none(asker, owner_client, text_of):
    mobile = typed(mobile=SARA.mobile, national_code=REZA.national_code)
    answer = owner_client.post(place(asker, "new/?kind=mobile_national_code"), mobile)
    assert "شخص دیگر" in text_of(owner_client.get(answer["Location"]))
    assert owner_client.get(place(asker, "new/?kind=colour")).status_code == 404


def test_without_a_provider_the_form_says_what_is_missing(business, owner_client, text_of):
    page = text_of(owner_client.get(f"/b/{business.slug}/inquiries/new/"))
    assert "هنوز هیچ سرویس استعلامی وصل نیست" in page


def test_rules_are_set_and_checked(asker, owner_client, text_of):
    assert (
        owner_client.post(place(asker), {"daily_limit": "۵", "valid_days": "7"}).status_code == 302
    )
    with acting_for(asker.business.id):
        rules = inquiry_rules()
    assert (rules.daily_limit, rules.valid_days) == (5, 7)
    assert owner_client.post(place(asker), {"daily_limit": "x"}).status_code == 422


@pytest.mark.parametrize("role", [Role.CASHIER, Role.ANALYST])
def test_only_managers_ask_and_read(asker, client_as, role):
    row = asker.ask()
    client = client_as(role)
    for path in ("", "new/", f"{row.id}/"):
        assert client.get(place(asker, path)).status_code == 403


def test_staff_see_what_was_asked_and_not_what_was_found(asker, db):
    row = asker.ask(expected_name="سارا محمدی")
    staff = Client()
    person = get_user_model().objects.create_superuser("staff@example.com", "long-password-1")
    staff.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    for path in ("", f"{row.id}/change/"):
        page = staff.get(f"/admin/payments/inquiry/{path}").content.decode()
        assert row.match in page
        assert SARA.last_name not in page
    assert staff.post(f"/admin/payments/inquiry/{row.id}/delete/").status_code == 403


def test_a_deposits_page_leads_to_the_question_who_sent_it(
    asker: Asker, owner_client, other_owner_client, api, text_of
):
    with acting_for(asker.business.id):
        account = save_bank_account(
            title="ملی", iban=OURS, owner="کافه نارنج", prefix="4210", now=asker.now
        )
    row = {
        "bank_account_id": str(account.id),
        "amount": 2_000_000,
        "at": asker.now.isoformat(),
        "reference": "55",
        "source_iban": SARAS.iban,
        "source_name": "سارا محمدی",
    }
    deposit = f"/b/{asker.business.slug}/deposits/{api.post('deposits', row).json()['id']}/"
    page = text_of(owner_client.get(deposit))
    assert "هنوز دربارهٔ آن از بانکی استعلام نشده است" in page
    shown = owner_client.get(deposit).content.decode()
    form = re.search(r'href="([^"]*inquiries/new/[^"]*)"', shown)
    assert form is not None
    address = unescape(form[1])
    assert SARAS.iban not in address
    shown = owner_client.get(address).content.decode()
    assert f'value="{SARAS.iban}"' in shown
    assert other_owner_client.get(address).status_code == 404
    answer = owner_client.post(
        address, {"iban": SARAS.iban, "expected_name": "سارا محمدی", "basis": "contract"}
    )
    (asked,) = asker.rows()
    assert (str(asked.about_id), asked.purpose) == (deposit.split("/")[-2], "deposit_source")
    assert deposit in owner_client.get(answer["Location"]).content.decode()
    assert "همان شخص" in text_of(owner_client.get(deposit))


@pytest.mark.parametrize("about", ["x", "0" * 32])
def test_a_question_about_nothing_is_not_there(asker: Asker, owner_client, about):
    for purpose in ("deposit_source", "mandate", "staff", ""):
        path = f"new/?kind=iban_owner&purpose={purpose}&about={about}"
        assert owner_client.get(place(asker, path)).status_code == 404


def test_why_nothing_was_found_is_said_in_words(asker: Asker, owner_client, text_of):
    row = asker.ask(iban=ACCOUNTS["no_owner"].iban)
    page = text_of(owner_client.get(place(asker, f"{row.id}/")))
    assert "بانک نمی‌گوید حساب از آنِ کیست" in page
    assert "iban.not_found_owner" not in page
