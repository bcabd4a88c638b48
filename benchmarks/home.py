"""(e) The owner's home page over a crowd: server time and number of queries."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import repeat
from typing import Any, Final
from uuid import UUID

from benchmarks import crowd, stage, web
from benchmarks.report import Part, Row

_OWNER: Final = """
SELECT m.user_id, b.slug FROM businesses_membership m
JOIN businesses_business b ON b.id = m.business_id WHERE b.id = %s
"""
# What the page reads besides purchases: a wallet and a lot each, asked and answered surveys.
_WALLETS: Final = """
INSERT INTO loyalty_wallet (id, business_id, customer_id, balance_points, pending_points,
                            negative_cap_points, qualifying_rial, window_ends_at)
SELECT id, business_id, id, gross_rial / 100000, 0, 0, 0, %(now)s + interval '90 days'
FROM customers_customertotals WHERE business_id = %(business)s
ON CONFLICT DO NOTHING
"""
_LOTS: Final = """
INSERT INTO loyalty_lot (id, business_id, customer_id, origin, state, base_rial, earned_points,
                         remaining_points, reversed_points, returned_rial, earned_at, activates_at,
                         expires_at, state_at)
SELECT gen_random_uuid(), business_id, id, 'purchase', 'active', gross_rial, gross_rial / 100000,
       gross_rial / 100000, 0, 0, last_at, last_at, last_at + interval '1 year', last_at
FROM customers_customertotals
WHERE business_id = %(business)s AND gross_rial > 100000
  AND last_at > %(now)s - interval '1 year'
"""
_ASKED: Final = """
WITH asked AS (
    INSERT INTO feedback_surveyinvitation (id, business_id, survey_id, purchase_id, customer_id,
        token_hash, state, created_at, due_at, expires_at)
    SELECT gen_random_uuid(), p.business_id, s.id, p.id, p.customer_id, sha256(p.fingerprint),
           'answered', p.occurred_at, p.occurred_at, p.occurred_at + interval '14 days'
    FROM (SELECT id FROM feedback_survey WHERE business_id = %(business)s LIMIT 1) s
    CROSS JOIN (SELECT * FROM customers_purchase WHERE business_id = %(business)s
                  AND occurred_at > %(now)s - interval '120 days' AND random() < 0.1) p
    RETURNING *
)
INSERT INTO feedback_response (id, business_id, invitation_id, survey_id, purchase_id, customer_id,
                               score, comment, flagged, from_staff, answered_at)
SELECT gen_random_uuid(), business_id, id, survey_id, purchase_id, customer_id,
       floor(11 * sqrt(random()))::int, '', false, false, created_at
FROM asked
"""


def run(*, quick: bool) -> Part:
    """Measure; the crowd is laid out when it is not there yet."""
    size = (100_000, 1_000_000) if quick else (1_000_000, 10_000_000)
    people = crowd.lay_out(customers=size[0], purchases=size[1], now=datetime.now(UTC))
    small = crowd.lay_out(customers=100, purchases=1000, now=datetime.now(UTC))
    for one in (people, small):
        furnish(one)
    many, few = _queries(people.business_id), _queries(small.business_id)
    with web.serving() as port:
        alone = _load(port, people, 1, quick=quick)
        together = _load(port, people, web.CONNECTIONS, quick=quick)
        little = _load(port, small, 1, quick=quick)
    return _part(people, alone, together, little, (many, few))


def furnish(people: crowd.Crowd) -> None:
    """Close the days and score, as the workers do every night; lay out points and opinions."""
    from core.tenancy import acting_for  # noqa: PLC0415 - after Django's set-up
    from customers.operations.days import close_days  # noqa: PLC0415
    from segmentation.operations import score_business  # noqa: PLC0415
    from segmentation.queries import latest_run  # noqa: PLC0415

    now = datetime.now(UTC)
    _take_role("vafa_worker", "900s")
    with acting_for(people.business_id):
        close_days(now=now)
        if latest_run() is None:
            score_business(now=now)
    _take_role("vafa_web", "15s")
    with stage.loader() as cursor:
        values = {"business": str(people.business_id), "now": now}
        cursor.execute(
            "SELECT EXISTS (SELECT FROM loyalty_lot WHERE business_id = %(business)s)", values
        )
        if cursor.fetchone() == (False,):
            cursor.execute("SET session_replication_role = replica")
            for sql in (_WALLETS, _LOTS, _ASKED):
                cursor.execute(sql, values)
        cursor.execute("VACUUM (ANALYZE)")


def _take_role(role: str, timeout: str) -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [timeout])


def _browser(business_id: UUID) -> tuple[Any, str]:
    """Return a signed-in test browser of the owner, and the page's address."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    with stage.loader() as cursor:
        cursor.execute(_OWNER, [str(business_id)])
        user_id, slug = cursor.fetchone()
    client = Client()
    user = get_user_model().objects.get(id=user_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, reverse("dashboard:home", args=[slug])


def _queries(business_id: UUID) -> int:
    """Return how many queries the page makes once what is remembered is remembered."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client, path = _browser(business_id)
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path)
    assert answer.status_code == 200, answer.status_code  # noqa: PLR2004
    return len(seen)


def _load(port: int, people: crowd.Crowd, connections: int, *, quick: bool) -> web.Load:
    client, path = _browser(people.business_id)
    request = web.get(path, f"sessionid={client.cookies['sessionid'].value}")

    def endless() -> Iterator[bytes]:
        return repeat(request)

    web.load(port, [endless() for _ in range(web.CONNECTIONS)], 3.0)
    return web.load(port, [endless() for _ in range(connections)], 5.0 if quick else 20.0)


def _part(
    people: crowd.Crowd,
    alone: web.Load,
    together: web.Load,
    little: web.Load,
    queries: tuple[int, int],
) -> Part:
    def said(load: web.Load) -> str:
        return f"p50 {load.percentile_ms(0.5):.0f} ms, p95 {load.percentile_ms(0.95):.0f} ms"

    assert not alone.refused + together.refused, (alone.refused + together.refused)[0]
    return Part(
        letter="e",
        title=f"Home page, {people.customers:,} customers and {people.purchases:,} purchases",
        goal="server time p95 < 200 ms, constant number of queries",
        rows=[
            Row("one visitor", said(alone), f"**p95 {alone.percentile_ms(0.95):.0f} ms**"),
            Row(
                f"{web.CONNECTIONS} visitors at once without pause, 2 processes",
                said(together),
                f"{together.per_second:.0f} pages/s",
            ),
            Row("the same page of a business with 100 customers, one visitor", said(little), ""),
            Row("queries", f"{queries[0]}", f"{queries[1]} with 100 customers"),
        ],
        notes=[
            """Time from sending the request to its last byte, over loopback, by the web processes
            of the Procfile; nothing of the page is cached. Closed days are read from their sums,
            yesterday and today are counted live.""",
        ],
    )
