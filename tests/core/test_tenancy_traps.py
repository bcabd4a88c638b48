"""The walls from the database's side, tried on every tenant table, and the known ways around."""

from contextlib import suppress
from functools import partial
from typing import Any, cast
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ForeignKey

from core.tenancy import SameBusiness, acting_for
from core.tenancy.audit import tenant_models

TABLES = sorted(model._meta.db_table for model in tenant_models())
REFERENCES = sorted(
    (
        model._meta.db_table,
        constraint.name[:63],
        cast("ForeignKey[Any, Any]", model._meta.get_field(constraint.field)),
    )
    for model in tenant_models()
    for constraint in model._meta.constraints
    if isinstance(constraint, SameBusiness)
)


def _refused(work, *kinds):
    with pytest.raises(kinds or DatabaseError) as caught, transaction.atomic():
        work()
    return str(caught.value)


def _append_only(rows):
    found = rows.run(
        "SELECT g.tgrelid::regclass::text FROM pg_trigger g JOIN pg_proc f ON f.oid = g.tgfoid"
        " WHERE f.proname = 'app_append_only'"
    )
    return {table.strip('"') for (table,) in found}


# --- every tenant table, every role ---------------------------------------------------------------


@pytest.mark.parametrize("role", ["vafa_web", "vafa_worker", "vafa_owner"])
def test_without_a_business_raw_sql_sees_nothing(rows, as_role, role):
    """The owner is forced under the walls too: a data migration would find 0 rows and succeed."""
    queues = {
        table
        for (table,) in rows.run(
            "SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
            " WHERE p.polname = 'worker_reads'"
        )
    }
    with as_role(role):
        seen = {table for table in TABLES if rows.count(table)}
    assert seen == (queues if role == "vafa_worker" else set())


def test_a_business_sees_its_own_row_and_no_other(rows, business, other_business):
    """Rule R60."""
    rows.act(business.id)
    assert all(rows.count(table) >= 1 for table in TABLES)
    rows.act(other_business.id)
    theirs = {
        table
        for table in TABLES
        if rows.run(f'SELECT 1 FROM "{table}" WHERE id = %s', [rows.ids[table]])
    }
    assert theirs == set()


def test_staff_reads_all_and_writes_nothing_without_a_business(rows, as_role):
    with as_role("vafa_staff"):
        assert all(rows.count(table) >= 1 for table in TABLES)
        for table in set(TABLES) - _append_only(rows):
            assert rows.run(f'UPDATE "{table}" SET id = id WHERE id = %s', [rows.ids[table]]) == 0
            assert rows.run(f'DELETE FROM "{table}" WHERE id = %s', [rows.ids[table]]) == 0


def test_rows_of_another_business_cannot_be_written(rows, business, other_business):
    rows.act(other_business.id)
    for table in TABLES:
        assert "row-level security" in _refused(partial(rows.insert, table, business.id)), table


def test_rows_of_another_business_cannot_be_changed_or_given_away(
    loose_rows, business, other_business
):
    loose_rows.act(other_business.id)
    for table in sorted(set(TABLES) - _append_only(loose_rows)):
        assert (
            loose_rows.run(f'UPDATE "{table}" SET id = id WHERE id = %s', [loose_rows.ids[table]])
            == 0
        )
        own = loose_rows.insert(table, other_business.id)
        give_away = f'UPDATE "{table}" SET business_id = %s WHERE id = %s'
        message = _refused(partial(loose_rows.run, give_away, [business.id, own]))
        assert "row-level security" in message, table


@pytest.mark.parametrize("role", ["vafa_web", "vafa_worker", "vafa_staff"])
def test_no_working_role_may_truncate(rows, as_role, role):
    with as_role(role):
        for table in TABLES:
            assert "permission denied" in _refused(partial(rows.run, f'TRUNCATE "{table}"'))


def test_a_row_cannot_point_into_another_business(loose_rows, other_business):
    assert REFERENCES
    loose_rows.act(other_business.id)
    for table, constraint, field in REFERENCES:
        theirs = loose_rows.ids[field.related_model._meta.db_table]
        with transaction.atomic():
            loose_rows.insert(table, other_business.id, **{field.column: theirs})
            check = partial(loose_rows.run, f'SET CONSTRAINTS "{constraint}" IMMEDIATE')
            assert constraint in _refused(check, IntegrityError)
            transaction.set_rollback(True)


def test_an_id_used_elsewhere_is_no_oracle(loose_rows, other_business):
    """Keys start with the business, so choosing somebody's id tells nothing about it."""
    loose_rows.act(other_business.id)
    for table in TABLES:
        assert (
            loose_rows.insert(table, other_business.id, id=loose_rows.ids[table])
            == loose_rows.ids[table]
        )


def test_history_is_append_only_for_the_working_roles_and_for_the_owner(rows, business, as_role):
    tables = _append_only(rows)
    assert {"outbox_event", "businesses_auditentry"} <= tables
    rows.act(business.id)
    rewrites = [
        partial(rows.run, sql)
        for table in tables
        for sql in (f'UPDATE "{table}" SET id = gen_random_uuid()', f'DELETE FROM "{table}"')
    ]
    for role in ("vafa_web", "vafa_worker", "vafa_staff"):
        with as_role(role):
            assert all("permission denied" in _refused(rewrite) for rewrite in rewrites)
    with as_role("vafa_owner"):
        assert all("is append-only" in _refused(rewrite) for rewrite in rewrites)


def test_a_data_migration_must_loop_over_the_businesses(rows, business, as_role):
    with as_role("vafa_owner"):
        assert rows.run("UPDATE businesses_branch SET name = 'x'") == 0
        rows.act(business.id)
        assert rows.run("UPDATE businesses_branch SET name = 'x'") >= 1


def test_the_worker_claims_from_queues_only(rows, as_role):
    with as_role("vafa_worker"):
        assert rows.run("UPDATE outbox_delivery SET attempts = attempts") >= 1
        assert rows.run("UPDATE businesses_branch SET name = name") == 0
        assert rows.run("DELETE FROM outbox_delivery") == 0


# --- the setting and the transaction --------------------------------------------------------------


def _setting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.business_id', true)")
        return cursor.fetchone()[0]


def _branches_in_sql():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM businesses_branch")
        return cursor.fetchone()[0]


def test_after_commit_the_setting_is_an_empty_text_and_queries_still_work(committed, business):
    with acting_for(business.id):
        assert _branches_in_sql() == 1
    assert _setting() == ""
    assert _branches_in_sql() == 0


def test_a_setting_made_outside_a_transaction_is_gone_at_once(committed, business):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.business_id', %s, true)", [str(business.id)])
    assert _setting() in {"", None}
    assert _branches_in_sql() == 0


def test_leaving_an_inner_scope_restores_the_outer_setting(business):
    with transaction.atomic():
        with acting_for(business.id):
            with acting_for(business.id):
                assert _setting() == str(business.id)
            assert _setting() == str(business.id)
            assert _branches_in_sql() == 1
        assert _setting() == ""
        assert _branches_in_sql() == 0


def test_a_test_transaction_does_not_hide_a_missing_scope(business):
    """The test case's own transaction would keep a released savepoint's setting."""
    with acting_for(business.id):
        assert _branches_in_sql() == 1
    assert connection.in_atomic_block
    assert _branches_in_sql() == 0


def test_an_error_inside_a_scope_takes_the_setting_back(business):
    for _time in range(2):
        with pytest.raises(ZeroDivisionError), acting_for(business.id):
            raise ZeroDivisionError
        assert _setting() == ""
        assert _branches_in_sql() == 0


def test_mixed_work_on_shared_connections_never_leaks(business, other_business, in_parallel):
    """Right, forgotten and failing scopes in turn, four connections at once."""
    ids = {business.id: 1, other_business.id: 1, uuid4(): 0}

    def turn(business_id, expected, divisor):
        with suppress(ZeroDivisionError), acting_for(business_id):
            wrong = _branches_in_sql() != expected
            _fails_for_zero = 1 / divisor
        return wrong + (_branches_in_sql() != 0)

    def work():
        return sum(
            turn(business_id, expected, number % 3)
            for number in range(60)
            for business_id, expected in ids.items()
        )

    assert in_parallel(work, work, work, work) == [0, 0, 0, 0]
