"""What a history holds of a person may be emptied, and nothing else about it changed (rule R59)."""

from django.db import migrations

from core.tenancy.operations import Emptiable

_FUNCTION = """
CREATE OR REPLACE FUNCTION payments_inquiry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may_change text[] := '{found}';
BEGIN
  IF OLD.state = 'asking' THEN
    may_change := may_change || '{state,account_id,outcome,reason,match,usable,tries,
                                  cost_rial,checked_at,valid_until,leased_until}'::text[];
  END IF;%s
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - may_change = to_jsonb(OLD) - may_change THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'an inquiry is history' USING ERRCODE = 'check_violation';
END $$
"""
# Whom it was about may be forgotten, never reworded.
_INQUIRY_EMPTIED = (
    _FUNCTION
    % """
  IF TG_OP = 'UPDATE' AND NEW.hint IN (OLD.hint, '') AND NEW.note IN (OLD.note, '') THEN
    may_change := may_change || '{hint,note}'::text[];
  END IF;"""
)
_INQUIRY_KEPT = _FUNCTION % ""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_emptiable"), ("payments", "0018_budget_alert")]
    operations = [
        Emptiable("providercall", "message", "asked", "answered"),
        Emptiable("bankrow", "source_iban", "source_name", "description", "raw"),
        Emptiable("transferdecision", "note"),
        migrations.RunSQL(_INQUIRY_EMPTIED, _INQUIRY_KEPT),
    ]
