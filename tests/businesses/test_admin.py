"""The staff admin: every page opens, in Jalali; rows are changed only in their own business."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from businesses.models import ApiKey, AuditEntry, Branch
from businesses.operations import issue_api_key
from core.tenancy import acting_for
from core.tenancy.admin import TenantAdmin
from core.tenancy.audit import tenant_models
from core.tenancy.staff import staff_reads
from outbox.enums import DeliveryState
from outbox.models import Delivery, Event
from tests.tenant_rows import loose_rows, rows

__all__ = ["loose_rows", "rows"]

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
each_model = pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
SECRET = re.compile("(^|_)(token|secret|fingerprint|hash|credentials)$")
JALALI = re.compile(
    "[۰-۹]{1,2} (فروردین|آبان|آذر|دی|بهمن|اسفند|مهر|شهریور|مرداد|تیر|خرداد|اردیبهشت) ۱۴"
)


def _url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def dead_letter(business, now):
    with acting_for(business.id):
        event = Event.objects.create(name="test.happened", payload={}, at=now)
        return Delivery.objects.create(
            event=event,
            subscriber="test.ear",
            state=DeliveryState.DEAD,
            attempts=10,
            due_at=now,
            last_error="Traceback\nLookupError: broken on purpose",
        )


def test_the_menu_leads_to_every_list(staff_client):
    page = staff_client.get(reverse("admin:index")).content.decode()
    menu = set(re.findall(r'href="([^"]+)"', page))
    assert {_url(model, "changelist") for model in REGISTERED} <= menu


@pytest.fixture
def no_menu(monkeypatch):
    """Leave the menu of all tables out: it is most of a page, the same on every one."""
    monkeypatch.setattr(admin.site, "get_app_list", lambda request, app_label=None: [])


@each_model
def test_every_list_and_row_opens_for_staff(staff_client, business, other_business, model, no_menu):
    assert staff_client.get(_url(model, "changelist")).status_code == 200
    with staff_reads(why="test"):
        row = model._default_manager.first()
    if row is not None:
        assert staff_client.get(_url(model, "change", row.pk)).status_code == 200
        assert staff_client.get(_url(model, "history", row.pk)).status_code == 200


TENANT = [model for model in REGISTERED if model in tenant_models()]
each_tenant_model = pytest.mark.parametrize("model", TENANT, ids=lambda model: model._meta.label)
# Parts shown below their whole.
NOT_FOR_STAFF = {
    f"payments.{name}"
    for name in (
        "DepositAllocation",
        "PaymentCover",
        "TransferDecision",
        "TransferPart",
    )
}


def test_every_table_of_payments_is_there_for_staff_or_named_as_not():
    tables = {model._meta.label for model in tenant_models()}
    mine = {label for label in tables if label.startswith("payments.")}
    assert mine - {model._meta.label for model in REGISTERED} == NOT_FOR_STAFF


def test_every_list_and_row_opens_with_rows_in_them(rows, staff_client, no_menu):
    """A made-up row in every table: each list and each row of it opens."""
    wrong = {}
    for model in TENANT:
        row_id = rows.ids[model._meta.db_table]
        for url in (_url(model, "changelist"), _url(model, "change", row_id)):
            status = staff_client.get(url).status_code
            if status != 200:
                wrong[url] = status
    assert wrong == {}


def test_lists_cost_the_same_for_one_row_and_for_three(
    loose_rows, staff_client, business, as_role, no_menu
):
    def cost(model) -> int:
        with CaptureQueriesContext(connection) as told:
            assert staff_client.get(_url(model, "changelist")).status_code == 200
        return len(told)

    for model in TENANT:
        cost(model)  # permissions and content types are read once
    one = {model: cost(model) for model in TENANT}
    with as_role("vafa_owner"):
        loose_rows.act(business.id)
        for model in TENANT:
            table = model._meta.db_table
            for _ in range(2):
                loose_rows.insert(table, business.id, **loose_rows._links(table))
        loose_rows.act("")
    grown = {model._meta.label: (one[model], cost(model)) for model in TENANT}
    assert {name: costs for name, costs in grown.items() if costs[1] > costs[0]} == {}


@each_tenant_model
def test_nothing_that_opens_a_door_is_shown(model):
    page = admin.site._registry[model]
    assert isinstance(page, TenantAdmin)
    assert [name for name in page._shown() if SECRET.search(name)] == []


@each_model
def test_nobody_else_gets_in(owner_client, model):
    for client in (Client(), owner_client):
        response = client.get(_url(model, "changelist"))
        assert response.status_code == 302
        assert "login" in response["Location"]


def test_tenant_tables_are_registered_with_the_walled_admin_only():
    loose = {
        model._meta.label
        for model in REGISTERED
        if model in tenant_models() and not isinstance(admin.site._registry[model], TenantAdmin)
    }
    assert loose == set()


def test_staff_sees_rows_of_every_business(staff_client, business, other_business):
    page = staff_client.get(_url(Branch, "changelist")).content.decode()
    assert business.name in page
    assert other_business.name in page


def test_the_role_is_given_back_after_a_page(staff_client, business):
    staff_client.get(_url(Branch, "changelist"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("vafa_web",)


def test_times_are_jalali(staff_client, dead_letter):
    for page in ("changelist", "change"):
        args = [dead_letter.id] if page == "change" else []
        text = staff_client.get(_url(Delivery, page, *args)).content.decode()
        assert JALALI.search(text)


def test_a_row_of_a_tenant_table_is_shown_and_not_edited(staff_client, dead_letter, business):
    url = _url(Delivery, "change", dead_letter.id)
    assert "LookupError: broken on purpose" in staff_client.get(url).content.decode()
    assert staff_client.post(url, {"subscriber": "x"}).status_code == 403
    assert staff_client.get(_url(Delivery, "add")).status_code == 403
    assert staff_client.post(_url(Delivery, "delete", dead_letter.id)).status_code == 403


def _act(client, model, action, *rows):
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return client.post(_url(model, "changelist"), chosen, follow=True)


def test_staff_sends_dead_letters_of_several_businesses_again(
    staff_client, business, other_business, dead_letter, now
):
    with acting_for(other_business.id):
        event = Event.objects.create(name="test.happened", payload={}, at=now)
        theirs = Delivery.objects.create(
            event=event, subscriber="test.ear", state=DeliveryState.DEAD, due_at=now
        )
    assert _act(staff_client, Delivery, "send_again", dead_letter, theirs).status_code == 200
    for row, owner in ((dead_letter, business), (theirs, other_business)):
        with acting_for(owner.id):
            row.refresh_from_db()
        assert (row.state, row.attempts) == (DeliveryState.PENDING, 0)


def test_looking_is_not_acting(staff, dead_letter, business):
    """Staff who may only view see no action and cannot post one."""
    staff.is_superuser = False
    staff.save()
    staff.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    assert "send_again" not in client.get(_url(Delivery, "changelist")).content.decode()
    _act(client, Delivery, "send_again", dead_letter)
    with acting_for(business.id):
        dead_letter.refresh_from_db()
    assert dead_letter.state == DeliveryState.DEAD


def test_keys_are_shown_by_their_beginning_and_can_be_revoked(staff_client, business):
    key, plaintext = issue_api_key(business_id=business.id, name="till", now=timezone.now())
    for url in (_url(ApiKey, "changelist"), _url(ApiKey, "change", key.id)):
        page = staff_client.get(url).content.decode()
        assert key.prefix in page
        assert plaintext not in page
        assert bytes(key.key_hash).hex() not in page
    _act(staff_client, ApiKey, "revoke", key)
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert timezone.now() - key.revoked_at < timedelta(minutes=1)
    with acting_for(business.id):
        entry = AuditEntry.objects.get(action="api_key.revoked")
    assert entry.actor_name == "پشتیبان"


def test_a_process_that_cannot_be_staff_shows_no_admin(staff_client, business, monkeypatch):
    """Production's web process logs in as vafa_web itself; the admin is a process of its own."""
    monkeypatch.setattr("core.tenancy.staff.STAFF_ROLE", "pg_monitor")
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION AUTHORIZATION vafa_web")
        try:
            assert staff_client.get(_url(Branch, "changelist")).status_code == 403
        finally:
            cursor.execute("RESET SESSION AUTHORIZATION")
            cursor.execute("SET ROLE vafa_web")
