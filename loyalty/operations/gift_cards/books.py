"""What gift cards somebody bought do to the money journal; the business's own gifts do nothing.

The balance owed on gift cards is what cards sold hold, sales under way included. It becomes a sale
when it is spent, goes back when the sale is returned, and is income when nobody used it in time.
"""

from datetime import datetime
from uuid import UUID

from loyalty.enums import CardKind, CardPaid
from loyalty.models import GiftCardIssue
from payments.enums import BookAccount
from payments.operations.journal import Place, post_money

_OWED: Place = (BookAccount.GIFT_CARDS, "")


def post_sold(issue: GiftCardIssue, now: datetime) -> None:
    """Post cards paid for at the till; those behind a link are posted with their payment."""
    if issue.paid_by in {CardPaid.NOTHING, CardPaid.LINK}:
        return
    amount = issue.amount_rial * issue.count
    _post("gift_card_sold", issue.id, (BookAccount.TILL, ""), amount, now)


def post_spent(issue: GiftCardIssue, use_id: UUID, amount_rial: int, now: datetime) -> None:
    """Post money of a card that became a sale."""
    if issue.kind == CardKind.SOLD:
        _post("gift_card_spent", use_id, (BookAccount.SALES, ""), -amount_rial, now)


def post_returned(issue: GiftCardIssue, entry_id: UUID, amount_rial: int, now: datetime) -> None:
    """Post money that came back to a card."""
    if issue.kind == CardKind.SOLD:
        _post("gift_card_returned", entry_id, (BookAccount.REFUNDS, ""), amount_rial, now)


def post_expired(issue: GiftCardIssue, entry_id: UUID, amount_rial: int, now: datetime) -> None:
    """Post money nobody used in time."""
    if issue.kind == CardKind.SOLD:
        _post("gift_card_expired", entry_id, (BookAccount.BREAKAGE, ""), -amount_rial, now)


def post_taken_back(
    issue: GiftCardIssue, taken_rial: int, missing_rial: int, now: datetime
) -> None:
    """Post an issue's money on its way back to whoever paid for it.

    `missing_rial` was spent already and goes back all the same: the business loses it.
    """
    if issue.kind != CardKind.SOLD:
        return
    by_link = issue.paid_by == CardPaid.LINK
    back: Place = (BookAccount.ORPHANS if by_link else BookAccount.TILL, "")
    lines = {
        _OWED: taken_rial,
        (BookAccount.REFUNDS, ""): missing_rial,
        back: -(taken_rial + missing_rial),
    }
    post_money(kind="gift_card_taken_back", source_id=issue.id, lines=lines, now=now)


def post_top_up(top_up_id: UUID, amount_rial: int, now: datetime, *, back: bool) -> None:
    """Post money put on a card that was sold, or on its way back over the counter."""
    kind = "gift_card_top_up_taken_back" if back else "gift_card_topped_up"
    _post(kind, top_up_id, (BookAccount.TILL, ""), -amount_rial if back else amount_rial, now)


def _post(kind: str, source_id: UUID, other: Place, amount_rial: int, now: datetime) -> None:
    lines = {_OWED: -amount_rial, other: amount_rial}
    post_money(kind=kind, source_id=source_id, lines=lines, now=now)
