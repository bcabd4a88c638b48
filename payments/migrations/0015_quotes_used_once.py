from django.db import migrations

# A promised price is used by one payment or by one plan, whoever writes them and in which order:
# both uses lock the quote, then look at it as it stands.
_ONCE = """
CREATE FUNCTION payments_quote_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  used uuid;
BEGIN
  IF TG_TABLE_NAME = 'payments_quote' THEN used := NEW.id; ELSE used := NEW.quote_id; END IF;
  PERFORM FROM payments_quote WHERE business_id = NEW.business_id AND id = used FOR UPDATE;
  IF EXISTS (
    SELECT FROM payments_quote q
    JOIN payments_payment p ON p.business_id = q.business_id AND p.quote_id = q.id
    WHERE q.business_id = NEW.business_id AND q.id = used AND q.plan_id IS NOT NULL
      AND p.state NOT IN ('expired', 'cancelled')
  ) THEN RAISE EXCEPTION 'the price of quote % is used already', used
         USING ERRCODE = 'unique_violation', CONSTRAINT = 'payments_quote_once';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER used_once AFTER INSERT ON payments_payment
  FOR EACH ROW WHEN (NEW.quote_id IS NOT NULL AND NEW.state NOT IN ('expired', 'cancelled'))
  EXECUTE FUNCTION payments_quote_once();
CREATE TRIGGER used_once_later AFTER UPDATE OF quote_id, state ON payments_payment
  FOR EACH ROW WHEN (
    NEW.quote_id IS NOT NULL AND NEW.state NOT IN ('expired', 'cancelled')
    AND (OLD.quote_id IS DISTINCT FROM NEW.quote_id OR OLD.state IN ('expired', 'cancelled')))
  EXECUTE FUNCTION payments_quote_once();
CREATE TRIGGER used_once AFTER UPDATE OF plan_id ON payments_quote
  FOR EACH ROW WHEN (NEW.plan_id IS NOT NULL)
  EXECUTE FUNCTION payments_quote_once();
"""
_NOT_ONCE = """
DROP TRIGGER used_once ON payments_payment;
DROP TRIGGER used_once_later ON payments_payment;
DROP TRIGGER used_once ON payments_quote;
DROP FUNCTION payments_quote_once();
"""


class Migration(migrations.Migration):
    """Let the database itself keep that a promised price is used once."""

    dependencies = [("payments", "0014_quotes")]

    operations = [migrations.RunSQL(_ONCE, _NOT_ONCE)]
