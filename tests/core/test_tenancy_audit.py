"""The audit of the walls: clean as built, and each planted fault is seen."""

import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.tenancy.audit import GLOBAL_TABLES, faults, tenant_models, tenant_tables
from core.tenancy.operations import POLICY

WALL = f"""
    CREATE TABLE planted (
        business_id uuid NOT NULL, id uuid NOT NULL, branch_id uuid,
        PRIMARY KEY (business_id, id),
        FOREIGN KEY (business_id, branch_id) REFERENCES businesses_branch (business_id, id));
    ALTER TABLE planted ENABLE ROW LEVEL SECURITY;
    ALTER TABLE planted FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON planted USING ({POLICY}) WITH CHECK ({POLICY});
    CREATE POLICY staff_reads ON planted FOR SELECT TO vafa_staff USING (true);
    GRANT SELECT, INSERT, UPDATE, DELETE ON planted TO vafa_web, vafa_worker, vafa_staff;
"""

# What is done to a sound table (or beside it), and what the audit must say.
FAULTS = {
    "no table is forgotten": ("CREATE TABLE stray (id int)", "stray: is neither walled off"),
    "null business": (
        "ALTER TABLE planted DROP CONSTRAINT planted_pkey, ALTER business_id DROP NOT NULL",
        "planted: business_id is missing or may be null",
    ),
    "not enabled": (
        "ALTER TABLE planted DISABLE ROW LEVEL SECURITY",
        "planted: row-level security is not enabled and forced",
    ),
    "not forced": (
        "ALTER TABLE planted NO FORCE ROW LEVEL SECURITY",
        "planted: row-level security is not enabled and forced",
    ),
    "no policy": ("DROP POLICY tenant ON planted", "planted: the canonical tenant policy"),
    "a way around": (
        f"ALTER POLICY tenant ON planted USING ({POLICY} OR current_setting('app.admin') = 'on')",
        "planted.tenant: has a policy that is not",
    ),
    "a loose check": (
        "ALTER POLICY tenant ON planted WITH CHECK (true)",
        "planted.tenant: has a policy that is not",
    ),
    "staff's eyes for the web": (
        "ALTER POLICY staff_reads ON planted TO vafa_web",
        "planted.staff_reads: has a policy that is not",
    ),
    "one policy more": (
        "CREATE POLICY extra ON planted TO vafa_web USING (true)",
        "planted.extra: has a policy that is not",
    ),
    "no composite key": (
        "ALTER TABLE planted DROP CONSTRAINT planted_pkey, ADD PRIMARY KEY (id)",
        "planted: has no unique key (business_id, id)",
    ),
    "a unique index that tells of others": (
        "CREATE UNIQUE INDEX oracle ON planted (branch_id)",
        "planted.oracle: is a unique index that does not start with business_id",
    ),
    "no index by business": (
        "ALTER TABLE planted DROP CONSTRAINT planted_pkey",
        "planted: has no complete index led by business_id",
    ),
    "a plain key into a tenant table": (
        (
            "CREATE UNIQUE INDEX lone ON businesses_branch (id);"
            "ALTER TABLE planted ADD CONSTRAINT plain FOREIGN KEY (branch_id)"
            " REFERENCES businesses_branch (id)"
        ),
        "planted.plain: is a foreign key to a tenant table that does not carry the business",
    ),
    "a key that is gone": (
        (
            "ALTER TABLE businesses_employee DROP CONSTRAINT"
            " businesses_employee_branch_same_business"
        ),
        "businesses_employee.branch_id: refers to a tenant table without SameBusiness",
    ),
    "truncate": (
        "GRANT TRUNCATE ON planted TO vafa_worker",
        "planted to vafa_worker: grants an application role TRUNCATE",
    ),
    "everybody": ("GRANT SELECT ON planted TO PUBLIC", "planted: grants something to everybody"),
    "history rewritten": (
        "GRANT UPDATE ON outbox_event TO vafa_web",
        "outbox_event by vafa_web: is append-only but may be changed",
    ),
    "history without its trigger": (
        "ALTER TABLE outbox_event DISABLE TRIGGER append_only",
        "outbox_event by vafa_web: is append-only but may be changed",
    ),
    "owner's view": (
        "CREATE VIEW leaky AS SELECT * FROM planted",
        "leaky: is a view that does not look with its reader's rights",
    ),
    "materialised": (
        (
            "CREATE MATERIALIZED VIEW copied AS SELECT * FROM planted;"
            "GRANT SELECT ON copied TO vafa_web"
        ),
        "copied by vafa_web: is a materialised view an application role may read",
    ),
    "definer": (
        (
            "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
            " AS 'SELECT count(*) FROM planted'"
        ),
        "peek: is an unlisted SECURITY DEFINER function",
    ),
    "the wall's own function": (
        (
            "CREATE OR REPLACE FUNCTION app_business() RETURNS uuid LANGUAGE sql STABLE"
            " AS 'SELECT business_id FROM businesses_membership LIMIT 1'"
        ),
        "app_business: does not read the business",
    ),
}
SUPERUSER_FAULTS = {
    "above the walls": ("ALTER ROLE vafa_web BYPASSRLS", "vafa_web: is a role that is missing"),
    "superuser": ("ALTER ROLE vafa_staff SUPERUSER", "vafa_staff: is a role that is missing"),
    "owner's equal": ("GRANT vafa_owner TO vafa_worker", "vafa_worker: is a role that is missing"),
    "creator": ("GRANT CREATE ON SCHEMA public TO vafa_web", "vafa_web: is a role that is missing"),
    "owner above the walls": (
        "ALTER ROLE vafa_owner BYPASSRLS",
        "vafa_owner: is a role that is missing",
    ),
    "another owner": (
        "ALTER TABLE outbox_event OWNER TO vafa_staff",
        "outbox_event: is not owned by the owner role",
    ),
}


def _run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def planted(db, as_role):
    with as_role("vafa_owner"):
        _run(WALL)


def test_the_database_as_migrated_has_no_gaps(db):
    """Rule R60."""
    assert faults() == []


def test_a_sound_new_table_is_no_fault(planted):
    assert "planted" in tenant_tables()
    assert faults() == []


@pytest.mark.parametrize(("sql", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found(planted, as_role, sql, sentence):
    with as_role("vafa_owner"):
        _run(sql)
    assert any(sentence in fault for fault in faults()), faults()


@pytest.mark.parametrize(("sql", "sentence"), SUPERUSER_FAULTS.values(), ids=SUPERUSER_FAULTS)
def test_a_fault_among_roles_is_found(db, sql, sentence):
    _run("SET ROLE NONE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("only a superuser's login can plant this")
    _run(sql, "SET ROLE vafa_web")
    assert any(sentence in fault for fault in faults()), faults()


def test_the_list_of_global_tables_names_only_tables_there_are(db):
    existing = set(connection.introspection.table_names())
    assert set(GLOBAL_TABLES) <= existing
    assert not set(GLOBAL_TABLES) & {model._meta.db_table for model in tenant_models()}


def test_the_audit_is_quick_enough_for_a_readiness_check(db):
    faults()
    started = time.perf_counter()
    faults()
    assert time.perf_counter() - started < 1.5


def test_the_command_names_gaps_and_fails(planted, as_role, capsys):
    call_command("rls_audit")
    assert "no gaps" in capsys.readouterr().out
    with as_role("vafa_owner"):
        _run("DROP POLICY tenant ON planted")
    with pytest.raises(CommandError, match="1 gaps"):
        call_command("rls_audit")
    assert "planted: the canonical tenant policy is missing" in capsys.readouterr().out
