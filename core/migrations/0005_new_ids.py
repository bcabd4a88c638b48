"""UUIDs of version 7 for rows that a statement makes itself (ADR 8)."""

from typing import Final

from django.db import migrations

_MADE: Final = "CREATE FUNCTION app_new_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE"
OURS: Final = """
SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
    substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
    52, 1), 53, 1), 'hex')::uuid
"""
# PostgreSQL has its own from 18 on, ordered within a millisecond too.
_EITHER: Final = f"""
DO $either$ BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    {_MADE} AS 'SELECT uuidv7()';
  ELSE
    {_MADE} AS $body${OURS}$body$;
  END IF;
END $either$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_emptiable")]
    operations = [migrations.RunSQL(_EITHER, "DROP FUNCTION app_new_id()")]
