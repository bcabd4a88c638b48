"""How customers buy, give back and complain, one row each, for the statements of apps above."""

from typing import Final

# Parameters: business, today (date), zone (name), since and year (the first days of two years and
# of one), fresh (the first day that is lately), margin (percent of a sale), categories and costs
# (percent of a category's sales, where the owner told it).
#
# A pause is too long (`line`, in days) when it is longer than 95 of 100 of their own, with five or
# more to go by; else than 95 of 100 of everybody's, with twenty; else than half a year. Pauses
# that ended lately are no part of what they are measured with.
HABITS: Final = """
WITH sold AS MATERIALIZED (
    SELECT id, customer_id, local_date, total_rial, returned_rial FROM customers_purchase
    WHERE business_id = %(business)s AND customer_id IS NOT NULL AND local_date <= %(today)s::date
), pauses AS MATERIALIZED (
    SELECT customer_id, local_date,
           local_date - lag(local_date) OVER (PARTITION BY customer_id ORDER BY local_date) AS pause
    FROM (SELECT DISTINCT customer_id, local_date FROM sold) AS days
), usual AS (
    SELECT CASE WHEN count(*) >= 20
                THEN greatest(percentile_disc(0.95) WITHIN GROUP (ORDER BY pause), 7)
                ELSE 180 END AS line
    FROM pauses WHERE pause IS NOT NULL AND local_date < %(fresh)s::date
), own AS (
    SELECT customer_id, count(*) AS days, min(local_date) AS first_on, max(local_date) AS last_on,
           count(pause) FILTER (WHERE local_date < %(fresh)s::date) AS pauses,
           percentile_disc(0.95) WITHIN GROUP (ORDER BY pause)
               FILTER (WHERE local_date < %(fresh)s::date) AS line,
           max(pause) FILTER (WHERE local_date >= %(fresh)s::date) AS came_after
    FROM pauses GROUP BY customer_id
), counted AS (
    SELECT customer_id, count(*) AS bought,
           count(*) FILTER (WHERE returned_rial > 0) AS returned,
           sum(total_rial - returned_rial) FILTER (WHERE local_date >= %(year)s::date) AS year_rial,
           (array_agg(returned_rial > 0 ORDER BY local_date DESC, id DESC))[1] AS gave_back_last
    FROM sold WHERE local_date >= %(since)s::date GROUP BY customer_id
), lined AS MATERIALIZED (
    SELECT s.customer_id, s.id, s.local_date, l.category, l.total_rial, l.discount_rial,
           l.total_rial - l.returned_rial AS net
    FROM sold s JOIN customers_purchaseline l
      ON l.business_id = %(business)s AND l.purchase_id = s.id
    WHERE s.local_date >= %(since)s::date
), cheap AS (
    SELECT customer_id, count(*) AS discounted FROM (
        SELECT customer_id, id FROM lined GROUP BY customer_id, id
        HAVING sum(discount_rial) > 0
           AND sum(discount_rial) * 100 >= 30 * sum(total_rial + discount_rial)
    ) AS p GROUP BY customer_id
), dearer AS (
    SELECT l.customer_id, sum(l.net * (100 - c.cost - %(margin)s::int)) AS more
    FROM lined l JOIN unnest(%(categories)s::text[], %(costs)s::int[]) AS c (category, cost)
      ON c.category = l.category
    WHERE l.local_date >= %(year)s::date GROUP BY l.customer_id
), fresh AS (
    SELECT customer_id, (array_agg(category ORDER BY category))[1:3] AS goods FROM (
        SELECT customer_id, category FROM lined WHERE category <> ''
        GROUP BY customer_id, category HAVING min(local_date) >= %(fresh)s::date
    ) AS g GROUP BY customer_id
), upset AS (
    SELECT customer_id,
           count(*) FILTER (WHERE kind = 'complaint' AND was_right IS NOT NULL) AS decided,
           count(*) FILTER (WHERE kind = 'complaint' AND NOT was_right) AS unfounded,
           max(day) FILTER (WHERE kind IN ('complaint', 'low_score')
                            AND was_right IS NOT FALSE) AS upset_on
    FROM (SELECT *, (opened_at AT TIME ZONE %(zone)s)::date AS day FROM customers_case
          WHERE business_id = %(business)s AND customer_id IS NOT NULL) AS k
    WHERE day BETWEEN %(since)s::date AND %(today)s::date GROUP BY customer_id
), asked AS (
    SELECT customer_id, min((made_at AT TIME ZONE %(zone)s)::date) AS known_on
    FROM customers_lead WHERE business_id = %(business)s AND stage <> 'lost' GROUP BY customer_id
)
SELECT c.id, coalesce(o.days, 0) AS days, o.first_on, o.last_on,
       CASE WHEN o.pauses >= 5 THEN o.line ELSE u.line END AS line,
       coalesce(o.pauses >= 5, false) AS own_line, o.came_after,
       coalesce(n.bought, 0) AS bought, coalesce(n.returned, 0) AS returned,
       coalesce(n.gave_back_last, false) AS gave_back_last,
       coalesce(n.year_rial, 0)::bigint AS year_rial,
       div(coalesce(n.year_rial, 0)::numeric * %(margin)s::int + coalesce(d.more, 0), 100)::bigint
           AS year_profit,
       coalesce(p.discounted, 0) AS discounted, f.goods AS new_goods,
       coalesce(k.decided, 0) AS decided, coalesce(k.unfounded, 0) AS unfounded, k.upset_on,
       a.known_on, c.mobile
FROM customers_customer c CROSS JOIN usual u
LEFT JOIN own o ON o.customer_id = c.id LEFT JOIN counted n ON n.customer_id = c.id
LEFT JOIN cheap p ON p.customer_id = c.id LEFT JOIN dearer d ON d.customer_id = c.id
LEFT JOIN fresh f ON f.customer_id = c.id LEFT JOIN upset k ON k.customer_id = c.id
LEFT JOIN asked a ON a.customer_id = c.id
WHERE c.business_id = %(business)s AND c.status IN ('active', 'provisional')
"""

# Who came again within so many days after a day each: who and on are columns of `entrants`.
# Parameters: business, days.
CAME_WITHIN: Final = """
EXISTS (SELECT FROM customers_purchase p WHERE p.business_id = %(business)s
        AND p.customer_id = entrants.who AND p.local_date > entrants.day
        AND p.local_date <= entrants.day + %(days)s::int)
"""
