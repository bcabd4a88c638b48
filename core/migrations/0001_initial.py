"""The functions every tenant table leans on."""

from django.db import migrations

APP_BUSINESS = """
CREATE FUNCTION app_business() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT NULLIF(current_setting('app.business_id', true), '')::uuid $$
"""

APPEND_ONLY = """
CREATE FUNCTION app_append_only() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501'; END $$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(APP_BUSINESS, "DROP FUNCTION app_business()"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION app_append_only()"),
    ]
