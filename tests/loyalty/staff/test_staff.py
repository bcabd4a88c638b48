"""Employees by their mobile and login: selling to oneself is shown, customers won count (C116)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from businesses.models import AuditEntry, Employee
from businesses.operations import add_member, hire_employee, tie_employee
from businesses.queries import contacts_here, members_of, sellers_by_contact, works_here
from core.calendar import business_day
from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.enums import IdentityKind
from customers.models import MergeSuggestion, Purchase
from customers.operations import record_return
from dashboard.web.till.sale import code_of
from loyalty.enums import ReferralSource, SuspicionRule, SuspicionState
from loyalty.enums.engagement import Winning
from loyalty.models import LedgerEntry, Wallet
from loyalty.operations.referrals import referral_code_for, tell_referral
from loyalty.operations.suspicions import look_for_misuse
from loyalty.queries.acquisitions import acquisitions, sums_by_employee
from loyalty.queries.suspicions.evidence import evidence_of
from loyalty.queries.suspicions.tell import sentence_of
from tests.loyalty.misuse.test_signs import ANNA, DAY, sales, signs
from tests.loyalty.referrals.conftest import offer

BACKEND = "django.contrib.auth.backends.ModelBackend"
OWN, OTHER = "09127777777", "09128888888"


def hire(code, now, mobile="", login_id=None):
    row = hire_employee(code=code, name=code, now=now)
    return tie_employee(employee_id=row.id, mobile=mobile, login_id=login_id, actor=None, now=now)


def test_what_an_employee_rings_up_for_themselves_is_shown_and_nothing_else(acting, now):
    ali = hire("ali", now, OWN)
    hire("mina", now, OTHER)
    [own] = sales(OWN, 1, now - DAY, employee="ali")
    sales(OWN, 2, now - DAY, employee="mina")
    sales(ANNA, 3, now - DAY, employee="ali")
    sales(OTHER, 1, now - DAY, employee="mina", rial=1_000)  # too little for a point
    before = list(LedgerEntry.objects.values_list("id", flat=True))
    look_for_misuse(now=now)
    [row] = signs(SuspicionRule.OWN_SALES)
    assert (row.customer_id, row.employee_id, row.count) == (own.customer_id, ali.id, 1)
    assert row.state == SuspicionState.OPEN
    assert [proof.purchase_id for proof in evidence_of(row)] == [own.purchase_id]
    assert "۱" in sentence_of(row)
    # No punishment: the points are there as they were.
    assert list(LedgerEntry.objects.values_list("id", flat=True)) == before
    assert Wallet.objects.get(id=own.customer_id).balance_points > 0


def test_a_login_tells_it_too(acting, now):
    user = get_user_model().objects.create_user("reza@example.com", "x", mobile="+989127777777")
    add_member(business_id=acting.id, user=user, role="cashier", now=now)
    reza = hire("reza", now, login_id=user.id)
    [own, *_more] = sales(OWN, 2, now - DAY, employee="reza")
    look_for_misuse(now=now)
    [row] = signs(SuspicionRule.OWN_SALES)
    assert (row.customer_id, row.employee_id, row.count) == (own.customer_id, reza.id, 2)


def test_an_employees_mobile_works_here(acting, now):
    row = hire("ali", now, "۰۹۱۲۷۷۷۷۷۷۷")
    assert row.mobile == "+989127777777"
    assert works_here(acting.id, ["+989127777777"])
    assert "+989127777777" in contacts_here(acting.id)
    assert sellers_by_contact(acting.id) == {"+989127777777": row.id}
    Employee.objects.update(is_active=False)
    assert not works_here(acting.id, ["+989127777777"])
    assert sellers_by_contact(acting.id) == {}


def test_a_mobile_and_a_login_are_one_employees(acting, now):
    owner = members_of(acting.id)[0].user_id
    hire("ali", now, OWN, owner)
    mina = hire("mina", now)
    for wrong, code in (
        ({"mobile": OWN}, "mobile_taken"),
        ({"login_id": owner}, "login_taken"),
        ({"login_id": uuid4()}, "unknown_login"),
        ({"mobile": "021"}, "invalid_mobile"),
        ({"mobile": "+14155552671"}, "invalid_mobile"),
    ):
        told = {"mobile": "", "login_id": None} | wrong
        with pytest.raises(Problem, match=code):
            tie_employee(employee_id=mina.id, actor=None, now=now, **told)
    with pytest.raises(NotFound):
        tie_employee(employee_id=uuid4(), mobile="", login_id=None, actor=None, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Employee.objects.filter(id=mina.id).update(mobile="+989127777777")
    assert not AuditEntry.objects.filter(data__icontains="9127777777").exists()


def test_a_customer_counts_once_they_came_a_second_day(acting, now):
    ali = hire("ali", now)
    hire("mina", now)
    since = business_day(now, acting.timezone) - 30 * DAY
    sales(ANNA, 3, now - 9 * DAY, employee="ali")
    [one] = acquisitions(since)
    assert (one.employee_id, one.state) == (ali.id, Winning.WAITING)
    [again] = sales(ANNA, 1, now - 2 * DAY, employee="mina")
    [one] = acquisitions(since)
    assert (one.employee_id, one.state) == (ali.id, Winning.COUNTS)
    record_return(purchase_id=again.purchase_id, external_id=str(new_id()), now=now)
    assert sums_by_employee(acquisitions(since))[ali.id].waiting == 1
    sales(OTHER, 1, now - 60 * DAY, employee="ali")  # won before the days that are asked for
    sales("09129999999", 1, now - DAY)  # nobody's name on it
    assert len(acquisitions(since)) == 1


def test_n16_who_works_here_and_a_card_seen_before_count_for_nobody(acting, now):
    ali = hire("ali", now, OWN)
    since = business_day(now, acting.timezone) - 30 * DAY
    [old] = sales(OTHER, 1, now - 50 * DAY)
    for back in (9, 3):
        sales(OWN, 1, now - back * DAY, employee="ali")
        [kin] = sales(ANNA, 1, now - back * DAY, employee="ali")
    first, second = sorted([old.customer_id, kin.customer_id])
    MergeSuggestion.objects.create(
        first_id=first, second_id=second, because=[IdentityKind.CARD], raised_at=now, last_at=now
    )
    states = {one.state for one in acquisitions(since)}
    assert states == {Winning.STAFF, Winning.SAME_CARD}
    assert sums_by_employee(acquisitions(since))[ali.id].counts == 0


def test_an_employees_own_code_wins_whoever_rings_it_up(acting, now):
    offer(now)
    ali = hire("ali", now, OWN)
    hire("mina", now)
    since = business_day(now, acting.timezone) - 30 * DAY
    [own] = sales(OWN, 1, now - 50 * DAY)
    [friend] = sales(ANNA, 1, now - 5 * DAY, employee="mina")
    code = referral_code_for(customer_id=own.customer_id, now=now)
    tell_referral(code=code, friend_id=friend.customer_id, source=ReferralSource.API, now=now)
    [one] = acquisitions(since)
    assert (one.employee_id, one.told) == (ali.id, True)


def test_programs_ask_whom_somebody_won(api, other_api, business):
    now = timezone.now()
    with acting_for(business.id):
        ali = hire("ali", now)
        for back in (9, 3):
            sales(ANNA, 1, now - back * DAY, employee="ali")
    told = api.get(f"staff/{ali.id}/acquisitions").json()
    assert (told["counts"], told["waiting"], told["refused"]) == (1, 0, 0)
    assert told["data"][0]["state"] == "counts"
    assert api.get(f"staff/{uuid4()}/acquisitions").status_code == 404


def test_the_pages_tell_and_the_owner_ties(owner_client, business):
    now = timezone.now()
    page = f"/b/{business.slug}/staff/"
    assert "هنوز کارمندی نیست" in owner_client.get(page).content.decode()
    with acting_for(business.id):
        ali = hire("ali", now)
        sales(ANNA, 1, now - 9 * DAY, employee="ali")
        owner = members_of(business.id)[0].user_id
    assert "در انتظار" in owner_client.get(page).content.decode()
    one = f"{page}{ali.id}/"
    assert "در انتظار" in owner_client.get(one).content.decode()
    typed = {"mobile": OWN, "login_id": str(owner)}
    assert owner_client.post(one, typed).status_code == 302
    with acting_for(business.id):
        row = Employee.objects.get()
        assert (row.mobile, row.login_id) == ("+989127777777", owner)
        assert code_of(owner) == "ali"
    assert "موبایل" in owner_client.get(page).content.decode()
    assert owner_client.post(one, typed | {"mobile": "۱۲"}).status_code == 422
    settings = owner_client.get(f"/b/{business.slug}/settings/?section=employees")
    assert one in settings.content.decode()


def test_a_manager_sees_and_ties_nobody(business):
    now = timezone.now()
    with acting_for(business.id):
        ali = hire("ali", now)
    user = get_user_model().objects.create_user("m@example.com", "long-password-1")
    add_member(business_id=business.id, user=user, role="manager", now=now)
    client = Client()
    client.force_login(user, backend=BACKEND)
    one = f"/b/{business.slug}/staff/{ali.id}/"
    assert client.get(one).status_code == 200
    client.post(one, {"mobile": OWN, "login_id": ""})
    with acting_for(business.id):
        assert Employee.objects.get().mobile is None


def test_the_till_writes_the_name_of_who_signs_in(owner_client, business):
    now = timezone.now()
    with acting_for(business.id):
        ali = hire("ali", now, login_id=members_of(business.id)[0].user_id)
    typed = {
        "sale_id": str(new_id()),
        "mobile": ANNA,
        "amount": "100000",
        "method": "cash",
        "branch": "",
    }
    assert owner_client.post(f"/b/{business.slug}/till/", typed).status_code == 302
    with acting_for(business.id):
        assert Purchase.objects.get().employee_id == ali.id


def test_a_list_of_three_costs_what_one_costs(
    owner_client, business, django_assert_max_num_queries
):
    now = timezone.now()
    page = f"/b/{business.slug}/staff/"
    with acting_for(business.id):
        for code in ("ali", "mina", "sara"):
            hire(code, now)
            sales(f"0912000{len(code):04}", 1, now - timedelta(days=3), employee=code)
    with django_assert_max_num_queries(25):
        owner_client.get(page)
