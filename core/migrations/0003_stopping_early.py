"""Functions that stop a transaction at its first statement, so that asking costs no trip."""

from django.db import migrations

# The look has a snapshot of its own, taken with the lock held: what another run wrote is seen.
ONLY_ONCE = """
CREATE FUNCTION app_only_once(whose uuid, named text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF pg_try_advisory_xact_lock(hashtextextended(whose::text || named, 0)) THEN
    PERFORM 1 FROM core_apirequest r WHERE r.business_id = whose AND r.key = named;
    IF NOT FOUND THEN
      RETURN;
    END IF;
  END IF;
  RAISE unique_violation USING MESSAGE = 'this request came before', CONSTRAINT = 'core_apirequest_key';
END $$
"""

# For what a process remembers: VF001 where it holds no more.
DEMAND = """
CREATE FUNCTION app_demand(holds boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF holds IS NOT TRUE THEN
    RAISE SQLSTATE 'VF001' USING MESSAGE = 'what was remembered holds no more';
  END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_api_request")]
    operations = [
        migrations.RunSQL(ONLY_ONCE, "DROP FUNCTION app_only_once(uuid, text)"),
        migrations.RunSQL(DEMAND, "DROP FUNCTION app_demand(boolean)"),
    ]
