"""Histories whose personal columns may be emptied, and nothing else about them changed (R59)."""

from django.db import migrations

# The trigger's arguments are the columns that may be emptied: to nothing, or to less of a document.
_EMPTIABLE = """
CREATE OR REPLACE FUNCTION app_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before jsonb;
  after jsonb;
BEGIN
  IF TG_OP = 'UPDATE' AND TG_NARGS > 0 THEN
    before := to_jsonb(OLD);
    after := to_jsonb(NEW);
    IF after - TG_ARGV = before - TG_ARGV AND NOT EXISTS (
        SELECT FROM unnest(TG_ARGV) AS name
        WHERE NOT (after -> name IN (before -> name, 'null', '""')
                   OR jsonb_typeof(after -> name) IN ('object', 'array')
                      AND after -> name <@ (before -> name)))
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END $$
"""
_NEVER = """
CREATE OR REPLACE FUNCTION app_append_only() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501'; END $$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_stopping_early")]
    operations = [migrations.RunSQL(_EMPTIABLE, _NEVER)]
