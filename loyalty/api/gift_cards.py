"""Gift cards over HTTP. A code is told once, in the answer that made it; a repetition has none."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.money import MAX_RIAL
from loyalty.api.bodies import Body, Document, Nothing
from loyalty.models import GiftCardIssue, GiftCardUse
from loyalty.operations.gift_cards import (
    IssuedCards,
    NewGiftCards,
    issue_gift_cards,
    release_gift_card,
    reserve_gift_card,
    take_back_issue,
)
from loyalty.queries.gift_cards import (
    CardLook,
    IssueTotals,
    card_by_code,
    issue_rows,
    issue_totals,
    use_by_id,
)
from loyalty.queries.gift_codes import spelled
from payments.queries import pay_url


class GiftCardsIn(Body):
    """Cards to make: `count` of `amount` rial each; gifts of your own need a `last_day`.

    `paid_by` says how they were paid for; `link` makes a payment link, and the cards are active
    once it is paid. With `recipients`, mobiles, there is one card for each: told by SMS once it is
    good (a gift of your own only to who agreed to offers), its code on their own page.
    """

    name: str = Field(min_length=1, max_length=100)
    amount: int = Field(strict=True, ge=1, le=MAX_RIAL)
    paid_by: Literal["nothing", "link", "cash", "pos", "card_to_card"] = "nothing"
    count: int = Field(default=1, strict=True, ge=1, le=1_000)
    last_day: date | None = None
    mobile: str | None = Field(default=None, max_length=40)
    recipients: list[str] = Field(default_factory=list, max_length=1_000)


class CardMadeOut(BaseModel):
    """A new card; `code` is shown this once, null when the same call is answered again.

    `mobile`: whose it is, in E.164; null where it is whoever's.
    """

    id: UUID
    code: str | None
    mobile: str | None


class GiftCardsMadeOut(BaseModel):
    """What was made, and where it is to be paid."""

    id: UUID
    cards: list[CardMadeOut]
    pay_url: str | None


class IssueOut(BaseModel):
    """An issue of cards and what became of it; amounts in rial."""

    id: UUID
    name: str
    kind: str
    paid_by: str
    amount: int
    count: int
    issued_at: datetime
    expires_at: datetime | None
    waiting: int
    used: int
    held: int
    spent: int
    expired: int
    topped_up: int


class IssuesOut(BaseModel):
    """Issues, newest first."""

    data: list[IssueOut]
    next_cursor: str | None


class CodeIn(Body):
    """The code as it is on the card."""

    code: str = Field(max_length=100)


class CardOut(BaseModel):
    """A card as its holder may see it; `balance` can be spent now (rial)."""

    ends_with: str
    status: str
    kind: str
    balance: int
    expires_at: datetime | None


class UseIn(CodeIn):
    """Money to hold for a sale: `amount` rial, or up to it unless `exact`."""

    amount: int = Field(strict=True, gt=0, le=MAX_RIAL)
    exact: bool = True


class UseOut(BaseModel):
    """Money held on a card. Name `id` as the reference of a `gift_card` tender of this amount."""

    id: UUID
    status: str
    amount: int
    returned: int
    left_on_card: int
    purchase_id: UUID | None
    expires_at: datetime


class GiftCards(Endpoint):
    """POST makes cards, GET lists what was made."""

    scopes: ClassVar = {"POST": "loyalty:write", "GET": "loyalty:read"}
    body: ClassVar = {"POST": GiftCardsIn}
    answer: ClassVar = {"POST": GiftCardsMadeOut, "GET": IssuesOut}
    answer_status: ClassVar = {"POST": 201}
    filters: ClassVar = FILTERS

    def post(self, call: Call, body: GiftCardsIn) -> Reply:
        """Make them; the codes are in this answer and nowhere else."""
        new = NewGiftCards(
            name=body.name,
            amount_rial=body.amount,
            paid_by=body.paid_by,
            count=body.count,
            last_day=body.last_day,
            mobile=body.mobile,
            recipients=body.recipients,
        )
        made = issue_gift_cards(new=new, by=f"api_key:{call.key_id}", now=call.now)
        shown, kept = (_made(made, shown=shown) for shown in (True, False))
        return Reply(shown, HTTPStatus.CREATED, kept=kept)

    def get(self, call: Call) -> Reply:
        """List issues, newest first, with what became of their cards."""
        found = page(
            issue_rows(),
            by="issued_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        totals = issue_totals([row.id for row in found.rows], call.now)
        data = [_issue(row, totals[row.id]) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class GiftCardsTaken(Endpoint):
    """POST takes an unused issue back."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": IssueOut}

    def post(self, call: Call, body: Nothing, gift_card_issue_id: UUID) -> Reply:
        """End its cards; what was paid by a link goes back the way it came."""
        del body
        take_back_issue(issue_id=gift_card_issue_id, actor=None, now=call.now)
        row = issue_rows().get(id=gift_card_issue_id)
        return Reply(_issue(row, issue_totals([row.id], call.now)[row.id]))


class GiftCardLookup(Endpoint):
    """POST a code to see what is on the card."""

    scopes: ClassVar = {"POST": "loyalty:read"}
    body: ClassVar = {"POST": CodeIn}
    answer: ClassVar = {"POST": CardOut}

    def post(self, call: Call, body: CodeIn) -> Reply:
        """Look, changing nothing."""
        return Reply(_card(card_by_code(body.code, call.now)))


class GiftCardUses(Endpoint):
    """POST holds money of a card for a sale."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": UseIn}
    answer: ClassVar = {"POST": UseOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: UseIn) -> Reply:
        """Hold it until the sale is recorded, it is released or its time runs out."""
        use = reserve_gift_card(
            code=body.code, most_rial=body.amount, exact=body.exact, now=call.now
        )
        return Reply(_use(use), HTTPStatus.CREATED)


class GiftCardUseItem(Endpoint):
    """GET what is or was held."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": UseOut}

    def get(self, call: Call, gift_card_use_id: UUID) -> Reply:
        """Return it."""
        del call
        return Reply(_use(use_by_id(gift_card_use_id)))


class GiftCardUseRelease(Endpoint):
    """POST gives held money back to its card."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": UseOut}

    def post(self, call: Call, body: Nothing, gift_card_use_id: UUID) -> Reply:
        """Release; twice is once."""
        del body
        return Reply(_use(release_gift_card(use_id=gift_card_use_id, now=call.now)))


def _made(made: IssuedCards, *, shown: bool) -> Document:
    whose = made.mobiles or [None] * len(made.codes)
    cards = [
        {"id": one, "code": spelled(code) if shown else None, "mobile": mobile}
        for one, code, mobile in zip(made.card_ids, made.codes, whose, strict=True)
    ]
    url = pay_url(made.pay_token) if made.pay_token else None
    return {"id": made.issue_id, "cards": cards, "pay_url": url}


def _issue(row: GiftCardIssue, totals: IssueTotals) -> Document:
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "paid_by": row.paid_by,
        "amount": row.amount_rial,
        "count": row.count,
        "issued_at": row.issued_at,
        "expires_at": row.expires_at,
        "waiting": totals.waiting,
        "used": totals.used,
        "held": totals.held_rial,
        "spent": totals.spent_rial,
        "expired": totals.expired_rial,
        "topped_up": totals.topped_up_rial,
    }


def _card(look: CardLook) -> Document:
    return {
        "ends_with": look.ends_with,
        "status": "expired" if look.is_over else look.state,
        "kind": look.kind,
        "balance": look.balance_rial,
        "expires_at": look.expires_at,
    }


def _use(use: GiftCardUse) -> dict[str, Any]:
    return {
        "id": use.id,
        "status": use.state,
        "amount": use.amount_rial,
        "returned": use.returned_rial,
        "left_on_card": use.card.balance_rial,
        "purchase_id": use.purchase_id,
        "expires_at": use.expires_at,
    }
