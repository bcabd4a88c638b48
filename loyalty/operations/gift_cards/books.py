"""What money owed on cards does to the money journal; the business's own gifts do nothing.

The balance owed on gift cards is what cards sold hold, sales under way included. It becomes a sale
when it is spent, goes back when the sale is returned, and is income when nobody used it in time.
Store credit does the same under an account of its own.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from loyalty.enums import CREDIT_CARDS, OWED_CARDS, CardPaid
from loyalty.models import GiftCardIssue
from payments.enums import BookAccount
from payments.operations.journal import Place, post_money

_CARDS: Final = ("gift_card", BookAccount.GIFT_CARDS)
_CREDIT: Final = ("store_credit", BookAccount.STORE_CREDIT)


def post_sold(issue: GiftCardIssue, now: datetime) -> None:
    """Post cards paid for at the till; those behind a link are posted with their payment."""
    if issue.paid_by in {CardPaid.NOTHING, CardPaid.LINK}:
        return
    against = BookAccount.REFUNDS if issue.paid_by == CardPaid.RETURN else BookAccount.TILL
    _post(issue, "sold", issue.id, against, issue.amount_rial * issue.count, now)


def post_spent(issue: GiftCardIssue, use_id: UUID, amount_rial: int, now: datetime) -> None:
    """Post money of a card that became a sale."""
    if issue.kind in OWED_CARDS:
        _post(issue, "spent", use_id, BookAccount.SALES, -amount_rial, now)


def post_returned(issue: GiftCardIssue, entry_id: UUID, amount_rial: int, now: datetime) -> None:
    """Post money that came back to a card."""
    if issue.kind in OWED_CARDS:
        _post(issue, "returned", entry_id, BookAccount.REFUNDS, amount_rial, now)


def post_expired(issue: GiftCardIssue, entry_id: UUID, amount_rial: int, now: datetime) -> None:
    """Post money nobody used in time."""
    if issue.kind in OWED_CARDS:
        _post(issue, "expired", entry_id, BookAccount.BREAKAGE, -amount_rial, now)


def post_taken_back(
    issue: GiftCardIssue, taken_rial: int, missing_rial: int, now: datetime
) -> None:
    """Post an issue's money on its way back to whoever paid for it.

    `missing_rial` was spent already and goes back all the same: the business loses it.
    """
    if issue.kind not in OWED_CARDS:
        return
    by_link = issue.paid_by == CardPaid.LINK
    back: Place = (BookAccount.ORPHANS if by_link else BookAccount.TILL, "")
    name, owed = _CREDIT if issue.kind in CREDIT_CARDS else _CARDS
    lines = {
        (owed, ""): taken_rial,
        (BookAccount.REFUNDS, ""): missing_rial,
        back: -(taken_rial + missing_rial),
    }
    post_money(kind=f"{name}_taken_back", source_id=issue.id, lines=lines, now=now)


def post_top_up(
    issue: GiftCardIssue, top_up_id: UUID, amount_rial: int, now: datetime, *, back: bool
) -> None:
    """Post money put on a card that was sold, or on its way back over the counter."""
    kind = "top_up_taken_back" if back else "topped_up"
    rial = -amount_rial if back else amount_rial
    _post(issue, kind, top_up_id, BookAccount.TILL, rial, now)


def _post(  # noqa: PLR0917 - one fact and its two sides
    issue: GiftCardIssue,
    what: str,
    source_id: UUID,
    against: BookAccount,
    amount_rial: int,
    now: datetime,
) -> None:
    name, owed = _CREDIT if issue.kind in CREDIT_CARDS else _CARDS
    lines: dict[Place, int] = {(owed, ""): -amount_rial, (against, ""): amount_rial}
    post_money(kind=f"{name}_{what}", source_id=source_id, lines=lines, now=now)
