"""Questions to PostgreSQL's catalogue. Each returns the names of what breaks its sentence.

Parameters: tenants and globals (table names), roles (application roles), owner, definers.
"""

from typing import Final

# Every table, view and function of ours, wherever it lies.
_OURS: Final = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
_TENANT: Final = f"""
    SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND {_OURS} AND c.relname = ANY(%(tenants)s)
"""
_TABLE: Final = f"""
    SELECT c.oid, c.relname, c.relowner
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND {_OURS}
"""
# First columns of an index, in order, as a text array.
_INDEX_COLUMNS: Final = """
    (SELECT array_agg(a.attname::text ORDER BY k.place)
     FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
     LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
     WHERE k.place <= i.indnkeyatts)
"""

TENANT_TABLES: Final = f"""
    SELECT c.relname
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND {_OURS} AND a.attname = 'business_id'
      AND NOT a.attisdropped AND c.relname <> ALL(%(globals)s)
"""

# (table, column) pairs that a foreign key carrying the business on both sides guards.
UNWALLED_KEYS: Final = """
    SELECT f.conrelid::regclass::text, a.attname
    FROM pg_constraint f
    CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS pair (here, there)
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = pair.here
    WHERE f.contype = 'f' AND cardinality(f.conkey) = 2 AND a.attname <> 'business_id'
      AND EXISTS (
          SELECT FROM unnest(f.conkey, f.confkey) AS key (here, there)
          JOIN pg_attribute h ON h.attrelid = f.conrelid AND h.attnum = key.here
          JOIN pg_attribute t ON t.attrelid = f.confrelid AND t.attnum = key.there
          WHERE h.attname = 'business_id' AND t.attname = 'business_id')
"""

_POLICY_SHAPE: Final = """
    (p.polname, p.polcmd, p.polpermissive,
     ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END
           FROM unnest(p.polroles) AS r),
     COALESCE(pg_get_expr(p.polqual, p.polrelid), ''),
     COALESCE(pg_get_expr(p.polwithcheck, p.polrelid), ''))
"""
_CANON: Final = "(business_id = ( SELECT app_business() AS app_business))"
_ALLOWED_POLICIES: Final = f"""
    ('tenant'::name, '*'::"char", true, ARRAY['public'], '{_CANON}', '{_CANON}'),
    ('staff_reads'::name, 'r'::"char", true, ARRAY['vafa_staff'], 'true', ''),
    ('worker_reads'::name, 'r'::"char", true, ARRAY['vafa_worker'], 'true', ''),
    ('worker_claims'::name, 'w'::"char", true, ARRAY['vafa_worker'], 'true', 'true')
"""

CHECKS: Final = {
    "is neither walled off nor listed as global": f"""
        SELECT t.relname FROM ({_TABLE}) t
        WHERE t.relname <> ALL(%(tenants)s) AND t.relname <> ALL(%(globals)s)
    """,
    "is a tenant model's table that does not exist": f"""
        SELECT name FROM unnest(%(tenants)s::text[]) AS wanted (name)
        WHERE name NOT IN (SELECT t.relname FROM ({_TENANT}) t)
    """,
    "business_id is missing or may be null": f"""
        SELECT t.relname FROM ({_TENANT}) t WHERE NOT EXISTS (
            SELECT FROM pg_attribute a
            WHERE a.attrelid = t.oid AND a.attname = 'business_id' AND a.attnotnull)
    """,
    "row-level security is not enabled and forced": f"""
        SELECT t.relname FROM ({_TENANT}) t
        WHERE NOT (t.relrowsecurity AND t.relforcerowsecurity)
    """,
    "the canonical tenant policy is missing": f"""
        SELECT t.relname FROM ({_TENANT}) t WHERE NOT EXISTS (
            SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polname = 'tenant')
    """,
    "has a policy that is not one of the canonical ones": f"""
        SELECT t.relname || '.' || p.polname
        FROM ({_TENANT}) t JOIN pg_policy p ON p.polrelid = t.oid
        WHERE {_POLICY_SHAPE} NOT IN ({_ALLOWED_POLICIES})
    """,
    "has no unique key (business_id, id)": f"""
        SELECT t.relname FROM ({_TENANT}) t WHERE NOT EXISTS (
            SELECT FROM pg_index i
            WHERE i.indrelid = t.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
              AND {_INDEX_COLUMNS} = ARRAY['business_id', 'id'])
    """,
    "is a unique index that does not start with business_id": f"""
        SELECT t.relname || '.' || i.indexrelid::regclass
        FROM ({_TENANT}) t JOIN pg_index i ON i.indrelid = t.oid
        WHERE i.indisunique AND ({_INDEX_COLUMNS})[1] IS DISTINCT FROM 'business_id'
    """,
    "has no complete index led by business_id": f"""
        SELECT t.relname FROM ({_TENANT}) t WHERE NOT EXISTS (
            SELECT FROM pg_index i
            WHERE i.indrelid = t.oid AND i.indisvalid AND i.indpred IS NULL
              AND ({_INDEX_COLUMNS})[1] = 'business_id')
    """,
    "is a foreign key to a tenant table that does not carry the business": f"""
        SELECT f.conrelid::regclass || '.' || f.conname
        FROM pg_constraint f JOIN ({_TENANT}) t ON t.oid = f.confrelid
        WHERE f.contype = 'f' AND f.conparentid = 0 AND NOT EXISTS (
            SELECT FROM unnest(f.conkey, f.confkey) AS key (here, there)
            JOIN pg_attribute h ON h.attrelid = f.conrelid AND h.attnum = key.here
            JOIN pg_attribute r ON r.attrelid = f.confrelid AND r.attnum = key.there
            WHERE h.attname = 'business_id' AND r.attname = 'business_id')
    """,
    "is not owned by the owner role": f"""
        SELECT t.relname FROM ({_TABLE}) t WHERE pg_get_userbyid(t.relowner) <> %(owner)s
    """,
    "grants an application role TRUNCATE, REFERENCES or TRIGGER": f"""
        SELECT t.relname || ' to ' || role
        FROM ({_TABLE}) t CROSS JOIN unnest(%(roles)s::text[]) AS role
        WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = role)
          AND has_table_privilege(role, t.oid, 'TRUNCATE, REFERENCES, TRIGGER')
    """,
    "grants something to everybody": f"""
        SELECT DISTINCT t.relname
        FROM ({_TABLE}) t JOIN pg_class c ON c.oid = t.oid
        CROSS JOIN LATERAL aclexplode(c.relacl) AS acl
        WHERE acl.grantee = 0
    """,
    "is append-only but may be changed by an application role": f"""
        SELECT t.relname || ' by ' || role
        FROM ({_TENANT}) t
        JOIN pg_trigger g ON g.tgrelid = t.oid
        JOIN pg_proc f ON f.oid = g.tgfoid AND f.proname = 'app_append_only'
        CROSS JOIN unnest(%(roles)s::text[]) AS role
        WHERE has_table_privilege(role, t.oid, 'UPDATE, DELETE') OR g.tgenabled <> 'O'
    """,
    "is append-only but an application role may change a column that is not to be emptied": f"""
        SELECT t.relname || '.' || a.attname || ' by ' || role
        FROM ({_TENANT}) t
        JOIN pg_trigger g ON g.tgrelid = t.oid
        JOIN pg_proc f ON f.oid = g.tgfoid AND f.proname = 'app_append_only'
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        CROSS JOIN unnest(%(roles)s::text[]) AS role
        WHERE has_column_privilege(role, t.oid, a.attnum, 'UPDATE')
          AND a.attname <> ALL(string_to_array(encode(g.tgargs, 'escape'), '\\000'))
    """,
    "is a role that is missing, a superuser, above the walls or the owner's equal": """
        SELECT role FROM unnest(%(roles)s::text[] || %(owner)s::text) AS role
        LEFT JOIN pg_roles r ON r.rolname = role
        WHERE r.oid IS NULL OR r.rolsuper OR r.rolbypassrls
           OR (role <> %(owner)s AND pg_has_role(r.oid, %(owner)s, 'MEMBER'))
           OR (role <> %(owner)s AND has_schema_privilege(r.oid, 'public', 'CREATE'))
    """,
    "is a view that does not look with its reader's rights (security_invoker)": f"""
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'v' AND {_OURS}
          AND NOT COALESCE(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on',
                                                 'security_invoker=1'], false)
    """,
    "is a materialised view an application role may read": f"""
        SELECT c.relname || ' by ' || role
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN unnest(%(roles)s::text[]) AS role
        WHERE c.relkind = 'm' AND {_OURS} AND has_table_privilege(role, c.oid, 'SELECT')
    """,
    "is an unlisted SECURITY DEFINER function": f"""
        SELECT f.proname FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
        WHERE f.prosecdef AND {_OURS} AND f.proname <> ALL(%(definers)s::text[])
    """,
    "does not read the business from the transaction's setting alone": """
        SELECT 'app_business' WHERE NOT EXISTS (
            SELECT FROM pg_proc f
            WHERE f.proname = 'app_business' AND f.provolatile = 's' AND btrim(f.prosrc) =
                  $$SELECT NULLIF(current_setting('app.business_id', true), '')::uuid$$)
    """,
}
