"""What must always be true of the ledger, asked of the database."""

from datetime import datetime
from typing import Final

from django.db import connection

from core.tenancy import active_business_id
from loyalty.queries.books.rules import BOOK_RULES

_SHOWN: Final = 5

# Each returns the ids of rows that break the sentence; none should.
_RULES: Final[dict[str, str]] = {
    "A balance is the sum of its ledger entries": """
        SELECT w.id FROM loyalty_wallet w LEFT JOIN (
            SELECT customer_id, SUM(points) AS points, SUM(pending_points) AS pending
            FROM loyalty_ledgerentry WHERE business_id = %(business)s GROUP BY customer_id
        ) e ON e.customer_id = w.id
        WHERE w.business_id = %(business)s AND (w.balance_points <> COALESCE(e.points, 0)
            OR w.pending_points <> COALESCE(e.pending, 0))""",
    "Nobody has ledger entries without a wallet": """
        SELECT e.customer_id FROM loyalty_ledgerentry e
        WHERE e.business_id = %(business)s AND (e.points <> 0 OR e.pending_points <> 0)
            AND NOT EXISTS (SELECT FROM loyalty_wallet w
                WHERE w.business_id = e.business_id AND w.id = e.customer_id)""",
    "A balance is the sum of its active lots, or they are empty and it is negative": """
        SELECT w.id FROM loyalty_wallet w LEFT JOIN (
            SELECT customer_id,
                SUM(remaining_points) FILTER (WHERE state = 'active') AS points,
                SUM(remaining_points) FILTER (WHERE state = 'pending') AS pending
            FROM loyalty_lot
            WHERE business_id = %(business)s AND state IN ('active', 'pending')
            GROUP BY customer_id
        ) l ON l.customer_id = w.id
        WHERE w.business_id = %(business)s
            AND (GREATEST(w.balance_points, 0) <> COALESCE(l.points, 0)
                OR w.pending_points <> COALESCE(l.pending, 0))""",
    "What remains in a lot is the sum of its ledger entries": """
        SELECT l.id FROM loyalty_lot l LEFT JOIN (
            SELECT lot_id, SUM(points + pending_points + contingent_points) AS points
            FROM loyalty_ledgerentry WHERE business_id = %(business)s GROUP BY lot_id
        ) e ON e.lot_id = l.id
        WHERE l.business_id = %(business)s AND l.remaining_points <> COALESCE(e.points, 0)""",
    "What remains in a lot is neither negative nor more than was granted": """
        SELECT id FROM loyalty_lot WHERE business_id = %(business)s
            AND NOT remaining_points BETWEEN 0 AND earned_points""",
    "Points of one owner that live by activity end together": """
        SELECT w.id FROM loyalty_wallet w
        JOIN businesses_business b ON b.id = w.business_id
        JOIN loyalty_lot l ON l.business_id = w.business_id AND l.customer_id = w.id
        WHERE w.business_id = %(business)s AND l.idle_months IS NOT NULL
            AND l.state IN ('active', 'pending') AND l.remaining_points > 0
            AND (l.expires_at AT TIME ZONE b.timezone)::date > w.active_on
            AND (l.earned_at AT TIME ZONE b.timezone)::date <= w.active_on
        GROUP BY w.id, l.idle_months, l.idle_ends
        HAVING COUNT(DISTINCT l.expires_at) > 1""",
    "A negative balance is what the entries outside lots say": """
        SELECT w.id FROM loyalty_wallet w LEFT JOIN (
            SELECT customer_id, SUM(points) AS points FROM loyalty_ledgerentry
            WHERE business_id = %(business)s AND lot_id IS NULL GROUP BY customer_id
        ) e ON e.customer_id = w.id
        WHERE w.business_id = %(business)s
            AND LEAST(w.balance_points, 0) <> COALESCE(e.points, 0)""",
    "A return claims back exactly its share of the points": """
        SELECT l.id FROM loyalty_lot l LEFT JOIN (
            SELECT COALESCE(purchase_id, (data ->> 'lot')::uuid) AS id,
                SUM(-points - pending_points - contingent_points
                + COALESCE((data ->> 'forgiven')::bigint, 0)
                + COALESCE((data ->> 'lapsed')::bigint, 0)) AS points
            FROM loyalty_ledgerentry WHERE business_id = %(business)s AND kind = 'clawback'
            GROUP BY 1
        ) e ON e.id = l.id
        WHERE l.business_id = %(business)s AND l.reversed_points <> COALESCE(e.points,
            CASE WHEN l.origin IN ('instalment', 'part') THEN l.reversed_points ELSE 0 END)""",
    "Parts of a purchase are no more than it earned, and give no more than it gave back": """
        SELECT w.id FROM loyalty_lot w JOIN (
            SELECT part_of_id AS id, SUM(earned_points) AS earned, SUM(reversed_points) AS undone
            FROM loyalty_lot WHERE business_id = %(business)s AND part_of_id IS NOT NULL GROUP BY 1
        ) p ON p.id = w.id
        WHERE w.business_id = %(business)s AND (p.earned > w.earned_points
            OR p.undone > w.reversed_points
            OR w.reversed_points - p.undone > w.earned_points - p.earned)""",
    "A redemption took its points from lots, and gave back what it says": """
        SELECT r.id FROM loyalty_redemption r LEFT JOIN (
            SELECT redemption_id, SUM(points) FILTER (WHERE kind IN ('redeem', 'release')) AS points
            FROM loyalty_ledgerentry WHERE business_id = %(business)s
                AND redemption_id IS NOT NULL GROUP BY redemption_id
        ) e ON e.redemption_id = r.id
        WHERE r.business_id = %(business)s
            AND r.points - r.returned_points <> -COALESCE(e.points, 0)""",
    "A closed day is what the ledger says up to its end": """
        SELECT d.id FROM loyalty_pointsday d
        JOIN businesses_business b ON b.id = d.business_id
        CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(points), 0) AS points, COALESCE(SUM(pending_points), 0) AS pending
            FROM loyalty_ledgerentry
            WHERE business_id = %(business)s
                AND (at AT TIME ZONE b.timezone)::date <= d."on") e
        WHERE d.business_id = %(business)s AND d."on" = (
                SELECT MAX("on") FROM loyalty_pointsday WHERE business_id = %(business)s)
            AND (d.spendable_points + d.negative_points <> e.points
                OR d.pending_points <> e.pending)""",
    "A paid period of a membership has a settled payment of its price": """
        SELECT p.id FROM loyalty_membershipperiod p
        LEFT JOIN payments_payment y ON y.business_id = p.business_id AND y.id = p.payment_id
        WHERE p.business_id = %(business)s AND p.state = 'paid'
            AND (y.id IS NULL OR y.state <> 'settled' OR y.amount_rial <> p.price_rial)""",
    "Paid periods of a membership follow one another": """
        SELECT b.id FROM loyalty_membershipperiod a
        JOIN loyalty_membershipperiod b ON b.business_id = a.business_id
            AND b.membership_id = a.membership_id AND b.number > a.number
        WHERE a.business_id = %(business)s AND a.state = 'paid' AND b.state = 'paid'
            AND b.starts_on < a.ends_on""",
    "A membership is paid until its last paid period ends": """
        SELECT m.id FROM loyalty_paidmembership m LEFT JOIN (
            SELECT membership_id, MAX(ends_on) AS ends_on FROM loyalty_membershipperiod
            WHERE business_id = %(business)s AND state = 'paid' GROUP BY membership_id
        ) p ON p.membership_id = m.id
        WHERE m.business_id = %(business)s AND m.state IN ('active', 'paused')
            AND m.paid_until IS DISTINCT FROM p.ends_on""",
    "The balance of a gift card is the sum of its movements": """
        SELECT c.id FROM loyalty_giftcard c LEFT JOIN (
            SELECT card_id, SUM(amount_rial) AS rial FROM loyalty_giftcardentry
            WHERE business_id = %(business)s GROUP BY card_id
        ) e ON e.card_id = c.id
        WHERE c.business_id = %(business)s AND c.balance_rial <> COALESCE(e.rial, 0)""",
    "A use of a gift card took its money once, and gave back what it says": """
        SELECT u.id FROM loyalty_giftcarduse u LEFT JOIN (
            SELECT use_id, -SUM(amount_rial) AS rial FROM loyalty_giftcardentry
            WHERE business_id = %(business)s AND use_id IS NOT NULL GROUP BY use_id
        ) e ON e.use_id = u.id
        WHERE u.business_id = %(business)s AND COALESCE(e.rial, 0) <> CASE
            WHEN u.state IN ('reserved', 'committed') THEN u.amount_rial - u.returned_rial
            ELSE 0 END""",
    "What a sale was paid by gift card was spent on a card, once": """
        SELECT p.id FROM (
            SELECT purchase_id AS id, SUM(amount_rial) AS rial FROM customers_tender
            WHERE business_id = %(business)s AND method IN ('gift_card', 'store_credit')
            GROUP BY purchase_id
        ) p FULL JOIN (
            SELECT purchase_id AS id, SUM(amount_rial) AS rial FROM loyalty_giftcarduse
            WHERE business_id = %(business)s AND state = 'committed' GROUP BY purchase_id
        ) u USING (id) WHERE COALESCE(p.rial, 0) <> COALESCE(u.rial, 0)""",
    "A gift card got back its part of what came back of the sale": """
        SELECT u.id FROM loyalty_giftcarduse u
        JOIN customers_purchase p ON p.business_id = u.business_id AND p.id = u.purchase_id
        JOIN loyalty_giftcard c ON c.business_id = u.business_id AND c.id = u.card_id
        WHERE u.business_id = %(business)s AND u.state = 'committed' AND c.state <> 'void'
            AND u.returned_rial <> div(
                u.amount_rial::numeric * p.returned_rial, p.total_rial::numeric)""",
    "A top-up is on its card once, or came off it whole": """
        SELECT t.id FROM loyalty_giftcardtopup t LEFT JOIN (
            SELECT top_up_id, card_id, SUM(amount_rial) AS rial FROM loyalty_giftcardentry
            WHERE business_id = %(business)s AND top_up_id IS NOT NULL GROUP BY top_up_id, card_id
        ) e ON e.top_up_id = t.id AND e.card_id = t.card_id
        WHERE t.business_id = %(business)s AND e.rial IS DISTINCT FROM CASE
            WHEN t.taken_back_at IS NULL THEN t.amount_rial ELSE 0 END""",
    "The books owe on gift cards what the cards sold hold": """
        SELECT b.id FROM businesses_business b
        CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(amount_rial), 0) AS rial FROM payments_moneyentry
            WHERE business_id = %(business)s AND account = 'gift_cards') books
        CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(c.balance_rial), 0) AS rial FROM loyalty_giftcard c
            JOIN loyalty_giftcardissue i ON i.business_id = c.business_id AND i.id = c.issue_id
            WHERE c.business_id = %(business)s AND i.kind = 'sold') cards
        CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(u.amount_rial), 0) AS rial FROM loyalty_giftcarduse u
            JOIN loyalty_giftcard c ON c.business_id = u.business_id AND c.id = u.card_id
            JOIN loyalty_giftcardissue i ON i.business_id = c.business_id AND i.id = c.issue_id
            WHERE u.business_id = %(business)s AND u.state = 'reserved' AND i.kind = 'sold') held
        WHERE b.id = %(business)s AND books.rial + cards.rial + held.rial <> 0""",
    "The books owe as store credit what it comes to": """
        SELECT b.id FROM businesses_business b
        CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(amount_rial), 0) AS rial FROM payments_moneyentry
            WHERE business_id = %(business)s AND account = 'store_credit') books
        CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(c.balance_rial), 0) AS rial FROM loyalty_giftcard c
            JOIN loyalty_giftcardissue i ON i.business_id = c.business_id AND i.id = c.issue_id
            WHERE c.business_id = %(business)s AND i.kind = 'credit') cards
        CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(u.amount_rial), 0) AS rial FROM loyalty_giftcarduse u
            JOIN loyalty_giftcard c ON c.business_id = u.business_id AND c.id = u.card_id
            JOIN loyalty_giftcardissue i ON i.business_id = c.business_id AND i.id = c.issue_id
            WHERE u.business_id = %(business)s AND u.state = 'reserved' AND i.kind = 'credit') held
        WHERE b.id = %(business)s AND books.rial + cards.rial + held.rial <> 0""",
    "A rule's budget is used by what it gave less what returns took back": """
        SELECT m.id FROM loyalty_rulemeter m LEFT JOIN (
            SELECT key, SUM(rial) AS rial FROM (
                SELECT key, budget_rial AS rial FROM loyalty_rulepoints
                WHERE business_id = %(business)s
                UNION ALL SELECT key, budget_rial FROM loyalty_rulepresent
                WHERE business_id = %(business)s AND state = 'given'
            ) each GROUP BY key
        ) p ON p.key = m.key
        WHERE m.business_id = %(business)s AND m.customer_id IS NULL
            AND m.used <> COALESCE(p.rial, 0)""",
    "A customer's share of a rule is used by what it gave them": """
        SELECT m.id FROM loyalty_rulemeter m LEFT JOIN (
            SELECT key, customer_id, since, SUM(points) AS points FROM (
                SELECT key, customer_id, since, points FROM loyalty_rulepoints
                WHERE business_id = %(business)s
                UNION ALL SELECT key, buyer_id, since, number FROM loyalty_rulepresent
                WHERE business_id = %(business)s AND state = 'given'
            ) each WHERE since IS NOT NULL GROUP BY 1, 2, 3
        ) p ON p.key = m.key AND p.customer_id = m.customer_id AND p.since = m.since
        WHERE m.business_id = %(business)s AND m.customer_id IS NOT NULL
            AND m.used <> COALESCE(p.points, 0)""",
    "Rules gave no more on a purchase than it earned": """
        SELECT l.id FROM loyalty_lot l JOIN (
            SELECT purchase_id, SUM(points) FILTER (WHERE points > 0) AS gave, SUM(points) AS net
            FROM loyalty_rulepoints WHERE business_id = %(business)s GROUP BY purchase_id
        ) p ON p.purchase_id = l.id
        WHERE l.business_id = %(business)s AND (p.gave > l.earned_points OR p.net < 0
            OR p.net > l.earned_points - l.reversed_points)""",
    "Rules gave after what happened what its row says, or took all of it back": """
        SELECT h.id FROM loyalty_happening h LEFT JOIN (
            SELECT happening_id, SUM(points) AS net
            FROM loyalty_rulepoints WHERE business_id = %(business)s GROUP BY happening_id
        ) p ON p.happening_id = h.id
        WHERE h.business_id = %(business)s AND COALESCE(p.net, 0) <> CASE
            WHEN h.taken_back_at IS NULL THEN h.points ELSE 0 END""",
    "A gift card of a rule ends with its present, and not before by a return": """
        SELECT r.id FROM loyalty_rulepresent r
        JOIN loyalty_giftcard c ON c.business_id = r.business_id AND c.id = r.gift_card_id
        WHERE r.business_id = %(business)s AND r.state = 'taken_back' AND c.state <> 'void'""",
    "A coupon counts the uses held or spent and not given back": """
        SELECT p.id FROM loyalty_couponpool p LEFT JOIN (
            SELECT pool_id, count(*) AS n FROM loyalty_couponuse
            WHERE business_id = %(business)s AND state IN ('reserved', 'committed')
                AND again_until IS NULL GROUP BY pool_id
        ) u ON u.pool_id = p.id
        WHERE p.business_id = %(business)s AND p.taken <> COALESCE(u.n, 0)""",
    "A sale with coupons came to its basket without their discounts": """
        SELECT p.id FROM customers_purchase p JOIN (
            SELECT purchase_id, MAX(basket_rial) - SUM(discount_rial) AS rial, COUNT(*) AS n,
                MAX(position) AS last, MIN(basket_rial - discount_rial) AS least
            FROM loyalty_couponuse
            WHERE business_id = %(business)s AND state = 'committed' GROUP BY purchase_id
        ) u ON u.purchase_id = p.id
        WHERE p.business_id = %(business)s
            AND (p.total_rial <> u.rial OR p.total_rial <> u.least OR u.n <> u.last)""",
    "Of coupons of one sale all may stand together": """
        SELECT u.purchase_id FROM loyalty_couponuse u
        JOIN loyalty_couponpool c ON c.business_id = u.business_id AND c.id = u.pool_id
        WHERE u.business_id = %(business)s AND u.state = 'committed'
        GROUP BY u.purchase_id HAVING COUNT(*) > 1
            AND (bool_or(c.stacking = 'alone') OR COUNT(*) FILTER (WHERE c."group" <> '')
                <> COUNT(DISTINCT c."group") FILTER (WHERE c."group" <> ''))""",
    "A coupon is given back once all of its sale is returned, and not before": """
        SELECT u.id FROM loyalty_couponuse u
        JOIN loyalty_couponpool c ON c.business_id = u.business_id AND c.id = u.pool_id
        JOIN customers_purchase p ON p.business_id = u.business_id AND p.id = u.purchase_id
        WHERE u.business_id = %(business)s AND u.state = 'committed'
            AND (u.again_until IS NOT NULL) <> (c.gives_back AND p.returned_rial = p.total_rial
                AND EXISTS (SELECT FROM customers_return r
                    WHERE r.business_id = p.business_id AND r.purchase_id = p.id))""",
    "The offer for recommending reserves what live recommendations reserve": """
        SELECT o.id FROM loyalty_referraloffer o WHERE o.business_id = %(business)s
            AND o.used_rial <> (SELECT COALESCE(SUM(reserved_rial), 0) FROM loyalty_referral
                WHERE business_id = %(business)s)""",
    "A recommendation that is rewarded has its points, and one taken back has none": """
        SELECT r.id FROM loyalty_referral r CROSS JOIN LATERAL (VALUES
            (r.referrer_lot_id, r.referrer_points), (r.friend_lot_id, r.friend_points)
        ) AS side (lot_id, points)
        LEFT JOIN loyalty_lot l ON l.business_id = r.business_id AND l.id = side.lot_id
        WHERE r.business_id = %(business)s AND CASE r.state
            WHEN 'rewarded' THEN side.points <> COALESCE(l.earned_points, 0)
                OR COALESCE(l.reversed_points, 0) <> 0
            WHEN 'taken_back' THEN side.points <> COALESCE(l.reversed_points, 0)
            ELSE side.lot_id IS NOT NULL END""",
    "Nobody is rewarded for a friend whose first purchase is back": """
        SELECT r.id FROM loyalty_referral r
        JOIN customers_purchase p ON p.business_id = r.business_id AND p.id = r.purchase_id
        WHERE r.business_id = %(business)s AND r.state = 'rewarded' AND r.least_rial >
            p.eligible_rial - div(p.eligible_rial::numeric * p.returned_rial, p.total_rial)""",
    "Whoever is out of the club has no points, and is out by one leaving": """
        SELECT w.id FROM loyalty_wallet w
        LEFT JOIN loyalty_clubexit x ON x.business_id = w.business_id AND x.customer_id = w.id
            AND x.back_at IS NULL
        WHERE w.business_id = %(business)s AND ((w.left_at IS NULL) <> (x.id IS NULL)
            OR (w.left_at IS NOT NULL AND w.joined_to IS NULL
                AND (w.balance_points > 0 OR w.pending_points > 0)))""",
    "Nobody gave more on the spot than they may, and what is counted was given": """
        SELECT m.id FROM loyalty_goodwillmeter m LEFT JOIN (
            SELECT meter_id, SUM(worth_rial) AS rial FROM loyalty_goodwill
            WHERE business_id = %(business)s GROUP BY meter_id
        ) g ON g.meter_id = m.id
        WHERE m.business_id = %(business)s
            AND (m.used_rial <> COALESCE(g.rial, 0) OR m.used_rial > m.most_rial)""",
    "What was given on the spot is in the ledger, once": """
        SELECT g.id FROM loyalty_goodwill g LEFT JOIN (
            SELECT (data ->> 'goodwill')::uuid AS id, SUM(points) AS points
            FROM loyalty_ledgerentry WHERE business_id = %(business)s AND kind = 'goodwill'
            GROUP BY 1
        ) e ON e.id = g.id
        WHERE g.business_id = %(business)s AND g.points <> COALESCE(e.points, 0)""",
    "What was given on a customer's day is in the ledger, once": """
        SELECT c.id FROM loyalty_celebration c LEFT JOIN (
            SELECT (data ->> 'celebration')::uuid AS id, SUM(points) AS points
            FROM loyalty_ledgerentry WHERE business_id = %(business)s AND kind = 'gift'
                AND data ? 'celebration' GROUP BY 1
        ) e ON e.id = c.id
        WHERE c.business_id = %(business)s AND c.points <> COALESCE(e.points, 0)""",
    "What was given for a milestone is in the ledger, once": """
        SELECT m.id FROM loyalty_milestonereached m LEFT JOIN (
            SELECT (data ->> 'reached')::uuid AS id, SUM(points) AS points
            FROM loyalty_ledgerentry WHERE business_id = %(business)s AND kind = 'gift'
                AND data ? 'reached' GROUP BY 1
        ) e ON e.id = m.id
        WHERE m.business_id = %(business)s AND m.points <> COALESCE(e.points, 0)""",
    "What was given for an engagement is in the ledger, once": """
        SELECT g.id FROM loyalty_engagement g LEFT JOIN (
            SELECT (data ->> 'noted')::uuid AS id, SUM(points) AS points
            FROM loyalty_ledgerentry WHERE business_id = %(business)s AND kind = 'gift'
                AND data ? 'noted' GROUP BY 1
        ) e ON e.id = g.id
        WHERE g.business_id = %(business)s AND g.points <> COALESCE(e.points, 0)""",
    "An engagement taken back gave nothing, and one that stands keeps its points": """
        SELECT g.id FROM loyalty_engagement g
        JOIN loyalty_lot l ON l.business_id = g.business_id AND l.id = g.lot_id
        WHERE g.business_id = %(business)s AND l.reversed_points <>
            CASE WHEN g.taken_back_at IS NULL THEN 0 ELSE g.points END""",
    "Nobody has points for an engagement oftener than promised": """
        SELECT id FROM loyalty_engagement
        WHERE business_id = %(business)s AND points > 0 AND number > most_times""",
    "No movement is dated in the future": """
        SELECT id FROM loyalty_ledgerentry
        WHERE business_id = %(business)s AND at > %(now)s + interval '1 hour'""",
}


def broken(now: datetime) -> list[str]:
    """Return a sentence for each rule the active business's ledger breaks, with the first ids."""
    found = {rule: _breaking(sql, now) for rule, sql in (_RULES | BOOK_RULES).items()}
    return [f"{rule}: {', '.join(ids)}" for rule, ids in found.items() if ids]


def _breaking(sql: str, now: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id(), "now": now})
        return [str(row[0]) for row in cursor.fetchmany(_SHOWN)]
