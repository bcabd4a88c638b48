"""Who may be asked about a purchase, decided in one cached statement."""

from django.db import migrations

CREATE = """
-- The four gates: not asked this before or anything lately; no open trouble and no "no" to surveys;
-- an active survey; in the sample. One survey per purchase, one purchase per customer. Runs with
-- the caller's rights, so row-level security holds. LIMIT 1 keeps the planner at one look-up per
-- buyer even when it knows nothing yet about the tables.
CREATE FUNCTION feedback_invite(
    of_business uuid, at_time timestamptz, ids uuid[], hashes bytea[], purchases uuid[],
    customers uuid[], branches uuid[], employees uuid[], buckets int[])
RETURNS integer LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE written integer;
BEGIN
    INSERT INTO feedback_surveyinvitation
        (id, business_id, survey_id, purchase_id, customer_id, branch_id, employee_id, token_hash,
         state, created_at, due_at, expires_at)
    SELECT DISTINCT ON (b.customer_id)
        b.id, of_business, s.id, b.purchase_id, b.customer_id, b.branch_id, b.employee_id,
        b.token_hash, 'waiting', at_time,
        at_time + make_interval(mins => s.delay_minutes),
        at_time + make_interval(mins => s.delay_minutes, days => s.expiry_days)
    FROM unnest(ids, hashes, purchases, customers, branches, employees, buckets) WITH ORDINALITY
         AS b (id, token_hash, purchase_id, customer_id, branch_id, employee_id, bucket, place)
    CROSS JOIN LATERAL (
        SELECT c.mobile FROM customers_customer c
        WHERE c.business_id = of_business AND c.id = b.customer_id LIMIT 1) person
    CROSS JOIN LATERAL (
        SELECT one.* FROM feedback_survey one
        WHERE one.business_id = of_business AND one.is_active AND b.bucket < one.sample_rate
          AND NOT EXISTS (
            SELECT 1 FROM feedback_surveyinvitation earlier
            WHERE earlier.business_id = of_business AND earlier.customer_id = b.customer_id
              AND earlier.state <> 'cancelled'
              AND (earlier.created_at > at_time - make_interval(days => one.cooldown_days)
                   OR (earlier.survey_id = one.id
                       AND earlier.created_at
                           > at_time - make_interval(days => one.recontact_days))))
        ORDER BY one.position, one.id LIMIT 1) s
    WHERE NOT EXISTS (
            SELECT 1 FROM customers_case trouble
            WHERE trouble.business_id = of_business AND trouble.customer_id = b.customer_id
              AND trouble.state = 'open' AND trouble.kind IN ('complaint', 'low_score'))
      AND NOT COALESCE((
            SELECT NOT said.granted FROM messaging_consent said
            WHERE said.business_id = of_business AND said.address = person.mobile
              AND said.purpose = 'survey'
            ORDER BY said.at DESC, said.id DESC LIMIT 1), false)
    ORDER BY b.customer_id, b.place
    ON CONFLICT (business_id, purchase_id) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$
"""
DROP = """
DROP FUNCTION feedback_invite(
    uuid, timestamptz, uuid[], bytea[], uuid[], uuid[], uuid[], uuid[], int[])
"""


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0001_initial"),
        ("customers", "0001_initial"),
        ("messaging", "0001_initial"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]
