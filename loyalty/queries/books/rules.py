"""What must always be true of the books of points, asked of the database."""

from typing import Final

# As in `queries/invariants.py`: each returns the ids of rows that break the sentence.
BOOK_RULES: Final[dict[str, str]] = {
    "A posting moves the points its entry moves in a lot": """
        SELECT p.id FROM loyalty_pointsposting p
        JOIN loyalty_ledgerentry e ON e.business_id = p.business_id AND e.id = p.entry_id
        WHERE p.business_id = %(business)s AND (p.kind <> e.kind OR p.at <> e.at OR p.points <>
            CASE WHEN e.lot_id IS NULL THEN 0 ELSE e.points + e.pending_points END)""",
    "No entry was passed over by the books": """
        SELECT e.id FROM loyalty_ledgerentry e
        WHERE e.business_id = %(business)s AND e.at < (
                SELECT LEAST(at, %(now)s) - interval '2 days' FROM loyalty_pointsposting
                WHERE business_id = %(business)s AND entry_id IS NOT NULL
                ORDER BY at DESC LIMIT 1)
            AND NOT EXISTS (SELECT FROM loyalty_pointsposting p
                WHERE p.business_id = %(business)s AND p.id = e.id)""",
    "What a lot is owed for is its share of its price, and what its postings say": """
        SELECT w.id FROM loyalty_lotworth w
        JOIN loyalty_lot l ON l.business_id = w.business_id AND l.id = w.lot_id LEFT JOIN (
            SELECT e.lot_id, SUM(p.points) AS points, -SUM(p.owed_rial) AS rial,
                -SUM(p.points) FILTER (WHERE p.kind IN ('redeem', 'release')) AS spent,
                -SUM(p.points) FILTER (WHERE p.kind IN ('expire', 'left', 'rejoin')) AS ended
            FROM loyalty_pointsposting p
            JOIN loyalty_ledgerentry e ON e.business_id = p.business_id AND e.id = p.entry_id
            WHERE p.business_id = %(business)s AND e.business_id = %(business)s
                AND e.lot_id IS NOT NULL GROUP BY e.lot_id
        ) s ON s.lot_id = w.id
        WHERE w.business_id = %(business)s AND (w.owed_rial <> COALESCE(s.rial, 0)
            OR w.remaining_points <> COALESCE(s.points, 0)
            OR w.spent_points <> COALESCE(s.spent, 0)
                + CASE l.origin WHEN 'grace' THEN w.granted_points ELSE 0 END
            OR w.ended_points <> COALESCE(s.ended, 0)
            OR w.owed_rial <> div(w.price_rial::numeric * w.remaining_points, w.granted_points))""",
    "The books owe for points what all lots are owed for": """
        SELECT %(business)s WHERE
            (SELECT COALESCE(-SUM(owed_rial), 0) FROM loyalty_pointsposting
                WHERE business_id = %(business)s) <>
            (SELECT COALESCE(SUM(owed_rial), 0) FROM loyalty_lotworth
                WHERE business_id = %(business)s)""",
    "What funders pay for of a lot is never more than is owed for it": """
        SELECT f.lot_id FROM (
            SELECT lot_id, SUM(points) AS points, -SUM(owed_rial) AS rial, bool_or(below) AS below
            FROM (
                SELECT lot_id, SUM(points) AS points, SUM(owed_rial) AS owed_rial,
                    SUM(points) < 0 OR SUM(owed_rial) > 0 AS below
                FROM loyalty_fundedposting WHERE business_id = %(business)s
                GROUP BY lot_id, funder
            ) each GROUP BY lot_id
        ) f JOIN loyalty_lotworth w ON w.business_id = %(business)s AND w.id = f.lot_id
        WHERE f.below OR f.points > w.remaining_points OR f.rial > w.owed_rial""",
    "What of a purchase funders pay for is what their rules gave and returns left": """
        SELECT n.lot_id FROM (
            SELECT DISTINCT ON (lot_id, funder) lot_id, funder, points FROM loyalty_lotfunding
            WHERE business_id = %(business)s ORDER BY lot_id, funder, at DESC, of_points, points
        ) n FULL JOIN (
            SELECT COALESCE(p.purchase_id, h.lot_id) AS lot_id, b.funder, SUM(p.points) AS points
            FROM loyalty_rulepoints p
            LEFT JOIN loyalty_happening h
                ON h.business_id = p.business_id AND h.id = p.happening_id
            JOIN loyalty_bonusrule b ON b.business_id = p.business_id AND b.id = p.rule_id
            WHERE p.business_id = %(business)s AND b.business_id = %(business)s AND b.funder <> ''
            GROUP BY 1, 2
        ) g ON g.lot_id = n.lot_id AND g.funder = n.funder
        WHERE n.points IS DISTINCT FROM g.points""",
    "A day in sums is its postings": """
        SELECT d.id FROM (
            SELECT * FROM loyalty_owedday WHERE business_id = %(business)s
        ) d FULL JOIN (
            SELECT "on", kind, count(*) AS postings, SUM(points) AS points,
                SUM(owed_rial) AS owed, SUM(allowance_rial) AS allowance,
                SUM(sales_rial) AS sales, SUM(spent_rial) AS spent, SUM(breakage_rial) AS breakage,
                SUM(given_rial) AS given
            FROM loyalty_pointsposting WHERE business_id = %(business)s GROUP BY "on", kind
        ) p ON p."on" = d."on" AND p.kind = d.kind
        WHERE (d.postings, d.points, d.owed_rial, d.allowance_rial, d.sales_rial, d.spent_rial,
                d.breakage_rial, d.given_rial) IS DISTINCT FROM
            (p.postings, p.points, p.owed, p.allowance, p.sales, p.spent, p.breakage, p.given)""",
}
