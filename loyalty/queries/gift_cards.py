"""Reading gift cards: what is on one, what is owed on all, what an issue came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.tenancy import active_business_id
from loyalty.enums import CREDIT_CARDS, CardEntryKind, CardKind, CardState, RedemptionState
from loyalty.models import (
    GiftCard,
    GiftCardEntry,
    GiftCardIssue,
    GiftCardUse,
    Goodwill,
    RulePresent,
)
from loyalty.queries.gift_codes import digest_of
from loyalty.queries.returned import cumulative

_TOTALS: Final = """
SELECT i.id, COALESCE(c.cards, 0), COALESCE(c.waiting, 0), COALESCE(c.void, 0),
    COALESCE(c.used, 0), COALESCE(c.held, 0)::bigint, COALESCE(e.loaded, 0)::bigint,
    COALESCE(e.spent, 0)::bigint, COALESCE(e.expired, 0)::bigint, COALESCE(e.topped, 0)::bigint
FROM loyalty_giftcardissue i
LEFT JOIN LATERAL (
    SELECT count(*) AS cards, count(*) FILTER (WHERE state = 'waiting') AS waiting,
        count(*) FILTER (WHERE state = 'void') AS void,
        count(*) FILTER (WHERE EXISTS (
            SELECT FROM loyalty_giftcarduse u WHERE u.business_id = %(business)s
                AND u.card_id = k.id AND u.state = 'committed')) AS used,
        sum(balance_rial) FILTER (WHERE expires_at IS NULL OR expires_at > %(now)s) AS held
    FROM loyalty_giftcard k WHERE k.business_id = %(business)s AND k.issue_id = i.id
) c ON true
LEFT JOIN LATERAL (
    SELECT sum(amount_rial) FILTER (
            WHERE kind IN ('load', 'top_up') OR top_up_id IS NOT NULL) AS loaded,
        sum(amount_rial) FILTER (WHERE top_up_id IS NOT NULL) AS topped,
        -sum(amount_rial) FILTER (WHERE kind IN ('spend', 'release', 'refund')) AS spent,
        -sum(amount_rial) FILTER (WHERE kind = 'expire') AS expired
    FROM loyalty_giftcardentry m JOIN loyalty_giftcard k
        ON k.business_id = m.business_id AND k.id = m.card_id
    WHERE m.business_id = %(business)s AND k.issue_id = i.id
) e ON true
WHERE i.business_id = %(business)s AND i.id = ANY(%(issues)s::uuid[])
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueTotals:
    """What became of an issue's cards, in rial; `held` is what can still be spent."""

    cards: int = 0
    waiting: int = 0
    void: int = 0
    used: int = 0
    held_rial: int = 0
    loaded_rial: int = 0
    spent_rial: int = 0
    expired_rial: int = 0
    topped_up_rial: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CardLook:
    """What somebody who knows a code may see; the balance is what can be spent now."""

    ends_with: str
    state: CardState
    kind: CardKind
    balance_rial: int
    expires_at: datetime | None
    is_over: bool

    @property
    def last_moment(self) -> datetime | None:
        """Return a moment of the last good day: the boundary itself is the start of the next."""
        return self.expires_at - timedelta(seconds=1) if self.expires_at else None


@dataclass(frozen=True, kw_only=True, slots=True)
class CardFigures:
    """What is owed on cards sold, what gifts can still cost, and what was paid by card lately."""

    owed_rial: int
    gifts_rial: int
    spent_sold_rial: int
    spent_gifts_rial: int


def card_by_code(code: str, now: datetime) -> CardLook:
    """Return a card as its holder may see it. Raises NotFound, Problem `invalid_gift_code`."""
    rows = GiftCard.objects.select_related("issue").filter(code_hmac=digest_of(code))
    card = rows.first()
    if card is None:
        raise NotFound(_("There is no gift card with this code."))
    is_over = card.expires_at is not None and card.expires_at <= now
    spendable = card.state == CardState.ACTIVE and not is_over
    return CardLook(
        ends_with=card.ends_with,
        state=CardState(card.state),
        kind=CardKind(card.issue.kind),
        balance_rial=card.balance_rial if spendable else 0,
        expires_at=card.expires_at,
        is_over=is_over,
    )


def issue_rows(*, presents: bool = True) -> QuerySet[GiftCardIssue]:
    """Return the issues of gift cards; without `presents` those of single cards that were given."""
    rows = GiftCardIssue.objects.select_related("payment").exclude(kind__in=CREDIT_CARDS)
    given = RulePresent.objects.filter(gift_card__isnull=False).values("gift_card__issue_id")
    spot = Goodwill.objects.filter(gift_card__isnull=False).values("gift_card__issue_id")
    return rows if presents else rows.exclude(id__in=given).exclude(id__in=spot)


def issue_by_id(issue_id: UUID) -> GiftCardIssue | None:
    """Return an issue, or None."""
    return issue_rows().filter(id=issue_id).first()


def issue_totals(issue_ids: Sequence[UUID], now: datetime) -> dict[UUID, IssueTotals]:
    """Return what became of issues. One query."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "issues": list(issue_ids),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, values)
        rows = cursor.fetchall()
    return {
        row[0]: IssueTotals(
            cards=row[1],
            waiting=row[2],
            void=row[3],
            used=row[4],
            held_rial=row[5],
            loaded_rial=row[6],
            spent_rial=row[7],
            expired_rial=row[8],
            topped_up_rial=row[9],
        )
        for row in rows
    }


def cards_of(issue_id: UUID, *, ends_with: str = "") -> QuerySet[GiftCard]:
    """Return the cards of an issue, those whose code ends so."""
    rows = GiftCard.objects.select_related("customer").filter(issue=issue_id).order_by("id")
    return rows.filter(ends_with=ends_with) if ends_with else rows


def card_by_id(card_id: UUID) -> GiftCard | None:
    """Return a card, or None."""
    return GiftCard.objects.exclude(issue__kind__in=CREDIT_CARDS).filter(id=card_id).first()


def uses_of_issue(issue_id: UUID) -> QuerySet[GiftCardEntry]:
    """Return the movements of an issue's cards after they were loaded, newest first."""
    rows = GiftCardEntry.objects.select_related("card", "use").exclude(kind=CardEntryKind.LOAD)
    return rows.filter(card__issue=issue_id).order_by("-at", "-id")


def codes_of_issue(issue_id: UUID, codes: Sequence[str]) -> list[str]:
    """Return those of some codes that belong to an issue. Raises Problem `invalid_gift_code`."""
    kept = {bytes(one) for one in cards_of(issue_id).values_list("code_hmac", flat=True)}
    return [code for code in codes if digest_of(code) in kept]


def use_by_id(use_id: UUID) -> GiftCardUse:
    """Return what is or was held on a card. Raises NotFound."""
    found = GiftCardUse.objects.select_related("card__issue").filter(id=use_id).first()
    if found is None:
        raise NotFound(_("Nothing is held under this number."))
    return found


def card_parts_back(purchase_id: UUID, returned_rial: int, total_rial: int) -> tuple[int, int]:
    """Return how much a return would bring back to gift cards and to store credit. One query."""
    uses = GiftCardUse.objects.select_related("card__issue").filter(
        purchase=purchase_id, state=RedemptionState.COMMITTED
    )
    back = {False: 0, True: 0}
    for use in uses.exclude(card__state=CardState.VOID):
        part = cumulative(use.amount_rial, returned_rial, total_rial) - use.returned_rial
        back[use.card.issue.kind in CREDIT_CARDS] += max(0, part)
    return back[False], back[True]


def card_figures(since: datetime, now: datetime) -> CardFigures:
    """Return the sums of the page of gift cards. Two queries."""
    cards = GiftCard.objects.exclude(expires_at__lte=now).values("issue__kind")
    held = dict(cards.annotate(n=Sum("balance_rial")).values_list("issue__kind", "n"))
    uses = GiftCardUse.objects.filter(state=RedemptionState.COMMITTED, settled_at__gte=since)
    sums = uses.values("card__issue__kind").annotate(n=Sum("amount_rial") - Sum("returned_rial"))
    spent = dict(sums.values_list("card__issue__kind", "n"))
    return CardFigures(
        owed_rial=held.get(CardKind.SOLD, 0),
        gifts_rial=held.get(CardKind.PROMOTIONAL, 0),
        spent_sold_rial=spent.get(CardKind.SOLD, 0),
        spent_gifts_rial=spent.get(CardKind.PROMOTIONAL, 0),
    )
