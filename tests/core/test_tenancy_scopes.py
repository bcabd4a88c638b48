"""The walls from Python's side: scopes, fail-closed querysets, refused writes, pinned doors."""

import ast
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import StreamingHttpResponse

from businesses.models import Branch, Employee
from core.http import InsideTransaction, call
from core.tenancy import (
    NoActiveBusiness,
    WrongBusiness,
    across_businesses,
    acting_for,
    active_business_id,
    business_in_scope,
    operation,
)
from core.tenancy.audit import tenant_models
from core.tenancy.staff import staff_reads

# Who may look across businesses, and why. A new caller is a decision: add it here with care.
ACROSS = {
    # finding due rows before their business is known; each then works in its business's scope
    "campaigns/operations/sweep.py:sweep",
    "customers/tasks.py:recount_stale_days",
    "feedback/operations/sweep.py:_businesses",
    "loyalty/queries/due.py:businesses_with_due_work",
    "segmentation/tasks.py:count_due",
    # staff's own pages, and what they stand on
    "core/tenancy/admin.py:_as_staff",
    "core/tenancy/staff.py:staff_reads",
}
# Migrations that touch rows; each loops over the businesses, or the owner would find none.
# Each of them goes through the businesses one by one.
DATA_MIGRATIONS = {
    "loyalty/migrations/0037_goodwill_kinds.py",
    "payments/migrations/0002_books.py",
    "payments/migrations/0006_refunds.py",
    "segmentation/migrations/0014_low_scores.py",
}

READINGS = {
    "list": list,
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "first": lambda rows: rows.first(),
    "aggregate": lambda rows: rows.aggregate(),
    "iterator": lambda rows: list(rows.iterator()),
    "values": lambda rows: list(rows.values_list("id")),
    "update": lambda rows: rows.update(name="x"),
    "delete": lambda rows: rows.delete(),
    "lock": lambda rows: list(rows.select_for_update()),
}


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_every_model_fails_closed_outside_a_scope(model):
    with pytest.raises(NoActiveBusiness):
        model.objects.all()
    with pytest.raises(NoActiveBusiness):
        model._base_manager.all()


@pytest.mark.parametrize("read", READINGS.values(), ids=READINGS)
def test_a_queryset_built_in_a_scope_cannot_run_after_it(business, read):
    with acting_for(business.id):
        rows = Branch.objects.all()
        assert rows.exists()
    with pytest.raises(NoActiveBusiness):
        read(rows)


def test_a_streamed_answer_without_a_scope_of_its_own_fails_loudly(business):
    with acting_for(business.id):
        names = (branch.name for branch in Branch.objects.iterator())
        response = StreamingHttpResponse(names)
    with pytest.raises(NoActiveBusiness):
        b"".join(response)


def test_a_streamed_answer_with_a_scope_of_its_own_is_full(business):
    def lines():
        with acting_for(business.id):
            yield from (branch.name for branch in Branch.objects.iterator())

    assert b"".join(StreamingHttpResponse(lines())) == business.name.encode()


def test_a_commit_hook_without_a_scope_of_its_own_fails_loudly(committed, business):
    with pytest.raises(NoActiveBusiness), acting_for(business.id):
        transaction.on_commit(Branch.objects.count)
    seen = []

    def hook():
        with acting_for(business.id):
            seen.append(Branch.objects.count())

    with acting_for(business.id):
        transaction.on_commit(hook)
    assert seen == [1]


def test_following_a_reference_outside_the_scope_fails_loudly(business):
    with acting_for(business.id):
        branch = Branch.objects.get()
        Employee.objects.create(code="e-1", name="نگار", branch=branch)
        employee = Employee.objects.get()
    with pytest.raises(NoActiveBusiness):
        _ = employee.branch
    with pytest.raises(NoActiveBusiness):
        employee.refresh_from_db()


def test_scopes_of_two_businesses_do_not_nest(business, other_business):
    with acting_for(business.id):
        with pytest.raises(WrongBusiness), acting_for(other_business.id):
            pytest.fail("entered")
        assert active_business_id() == business.id
        with acting_for(business.id):
            assert active_business_id() == business.id
        assert Branch.objects.count() == 1
    assert business_in_scope() is None


def test_a_durable_scope_is_not_nested(committed, business):
    inner = acting_for(business.id, durable=True)
    with acting_for(business.id, durable=True), pytest.raises(RuntimeError), inner:
        pytest.fail("entered")


def test_an_error_leaves_no_scope_behind(business):
    with pytest.raises(ZeroDivisionError), acting_for(business.id):
        raise ZeroDivisionError
    with pytest.raises(NoActiveBusiness):
        active_business_id()


def test_a_thread_does_not_inherit_the_scope(acting):
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(business_in_scope).result() is None


def test_operations_refuse_to_run_outside_a_scope():
    with pytest.raises(NoActiveBusiness):
        operation(lambda: pytest.fail("ran"))()


def test_rows_are_stamped_with_the_active_business(acting):
    made = Branch.objects.create(code="b-2", name="شعبه دوم")
    [bulk] = Branch.objects.bulk_create([Branch(code="b-3", name="شعبه سوم")])
    assert made.business_id == bulk.business_id == acting.id


def test_rows_of_another_business_are_refused_before_the_database(business, other_business):
    with acting_for(other_business.id):
        theirs = Branch.objects.get()
    with acting_for(business.id):
        for work in (
            theirs.save,
            theirs.delete,
            lambda: Branch.objects.create(code="x", name="x", business_id=other_business.id),
            lambda: Branch.objects.bulk_create([Branch(code="x", business_id=other_business.id)]),
            lambda: Branch.objects.bulk_update([theirs], ["name"]),
        ):
            with pytest.raises(WrongBusiness):
                work()


def test_an_unknown_row_and_somebody_elses_look_the_same(business, other_business):
    with acting_for(other_business.id):
        theirs = Branch.objects.get().id
    with acting_for(business.id):
        messages = set()
        for branch_id in (theirs, uuid4()):
            with pytest.raises(Branch.DoesNotExist) as caught:
                Branch.objects.get(id=branch_id)
            messages.add(str(caught.value))
            assert Branch.objects.filter(id=branch_id).update(name="x") == 0
    assert len(messages) == 1


def test_looking_across_shows_the_web_role_nothing_and_staff_everything(
    business, other_business, as_role
):
    with across_businesses(why="test"):
        assert Branch.objects.count() == 0
        with as_role("vafa_staff"):
            found = set(Branch.objects.values_list("business_id", flat=True))
    assert {business.id, other_business.id} <= found


def test_looking_across_needs_a_reason_and_writes_nothing(business, as_role):
    with pytest.raises(ValueError, match="say why"), across_businesses(why=""):
        pytest.fail("entered")
    with across_businesses(why="test"), pytest.raises(NoActiveBusiness):
        Branch.objects.create(code="x", name="x")


def test_inside_a_scope_looking_across_changes_nothing(business, other_business, as_role):
    with as_role("vafa_staff"), across_businesses(why="test"), acting_for(business.id):
        assert set(Branch.objects.values_list("business_id", flat=True)) == {business.id}


def test_staff_reads_give_the_role_back(business):
    def role():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            return cursor.fetchone()[0]

    with staff_reads(why="test"):
        assert role() == "vafa_staff"
        assert Branch.objects.count() >= 1
    assert role() == "vafa_web"
    with pytest.raises(ZeroDivisionError), staff_reads(why="test"):
        raise ZeroDivisionError
    assert role() == "vafa_web"


def test_the_wire_is_refused_inside_a_scope(business):
    with acting_for(business.id), pytest.raises(InsideTransaction):
        call("GET", "http://127.0.0.1:9/")


# --- the source -----------------------------------------------------------------------------------


def _packages():
    return [
        path.parent
        for path in settings.BASE_DIR.glob("*/__init__.py")
        if path.parent.name != "tests"
    ]


def _sources():
    return [source for package in _packages() for source in sorted(package.rglob("*.py"))]


def _called(node):
    name = node.func
    return name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")


def _callers(path: Path, names):
    """Return `file:function` of every call of `names`, by its outermost function."""
    found = set()
    for top in ast.parse(path.read_text()).body:
        for node in ast.walk(top):
            if isinstance(node, ast.Call) and _called(node) in names:
                place = path.relative_to(settings.BASE_DIR)
                found.add(f"{place}:{getattr(top, 'name', 'module')}")
    return found


def test_who_looks_across_businesses_is_pinned():
    callers = set().union(
        *(_callers(path, {"across_businesses", "staff_reads"}) for path in _sources())
    )
    assert callers == ACROSS


def test_nobody_slips_past_the_managers():
    """The plain manager and raw queries would skip the scope's own filter."""
    forbidden = {"raw", "_base_manager_class", "unscoped"}
    callers = set().union(*(_callers(path, forbidden) for path in _sources()))
    assert callers == set()


def test_migrations_that_touch_rows_are_pinned():
    """A data migration run by the owner finds 0 rows of walled tables and 'succeeds'."""
    callers = set().union(
        *(_callers(path, {"RunPython"}) for path in _sources() if "migrations" in path.parts)
    )
    assert {caller.split(":")[0] for caller in callers} == DATA_MIGRATIONS
