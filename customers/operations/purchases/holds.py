"""What a sale uses of things held for it before; an app above answers for them.

Sales without any are not asked about, and cost nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from customers.enums import TenderMethod

if TYPE_CHECKING:
    from customers.operations.purchases.draft import Draft


_HELD_BEFORE: Final = (TenderMethod.GIFT_CARD, TenderMethod.STORE_CREDIT)
_OF_CARD: Final = _("A gift card pays only what was held on it before; name that as the reference.")
_OF_CREDIT: Final = _("Store credit pays only what was held before; name that as the reference.")


@dataclass(frozen=True, slots=True)
class Held:
    """One thing a sale uses; `paid_rial` of the sale were paid with it, by a `method`."""

    id: UUID
    paid_rial: int = 0
    method: str = ""


@dataclass(frozen=True, slots=True)
class Using:
    """A sale about to be recorded, and what it uses.

    `says_who`: its buyer gave more than a card.
    """

    channel: str
    external_id: str
    total_rial: int
    holds: tuple[Held, ...]
    referral_code: str = ""
    says_who: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sale may use what it names, and how much of it earns nothing because of that."""

    refusal: Problem | None = None
    unearning_rial: int = 0


Judge = Callable[[Sequence[Using], datetime], Sequence[Verdict]]

Lock = Callable[[UUID], None]

_judges: list[Judge] = []
_locks: list[Lock] = []


def register_judge(judge: Judge) -> None:
    """Let the app that holds things judge sales that use them: one verdict each, in order.

    It locks what they use, for a hold let go between verdict and sale would leave a sale unpaid.
    """
    if judge not in _judges:
        _judges.append(judge)


def register_lock(lock: Lock) -> None:
    """Let the app that holds things lock what a sale used, before its return locks the buyer.

    A sale locks what it uses first and its buyer after it. A return that went the other way round
    would hold what the sale waits for, and wait for what the sale holds.
    """
    if lock not in _locks:
        _locks.append(lock)


def lock_used(purchase_id: UUID) -> None:
    """Lock what a sale used, in the order sales take it in."""
    for lock in _locks:
        lock(purchase_id)


def held_by(tenders: Sequence[dict[str, Any]], named: Sequence[UUID]) -> tuple[Held, ...]:
    """Return what a sale uses: gift cards and store credit by its tenders, the rest by name.

    Raises Problem `gift_card_not_held` for a tender that does not name what was held.
    """
    paid = [
        Held(_named(tender, at), tender["amount_rial"], tender["method"])
        for at, tender in enumerate(tenders)
        if tender["method"] in _HELD_BEFORE
    ]
    return (*paid, *(Held(one) for one in dict.fromkeys(named)))


def judged(drafts: "Sequence[Draft | Problem]", now: datetime) -> "list[Draft | Problem]":
    """Return the drafts, those refused that use what they may not; may be asked again."""
    using = [
        one for one in drafts if not isinstance(one, Problem) and (one.holds or one.referral_code)
    ]
    if not using:
        return list(drafts)
    asked = [_using(draft) for draft in using]
    found: dict[UUID, Draft | Problem] = {draft.id: draft for draft in using}
    for judge in _judges:
        for draft, verdict in zip(using, judge(asked, now), strict=True):
            found[draft.id] = _after(found[draft.id], verdict)
    return [one if isinstance(one, Problem) else found.get(one.id, one) for one in drafts]


def _after(one: "Draft | Problem", verdict: Verdict) -> "Draft | Problem":
    if isinstance(one, Problem):
        return one
    if verdict.refusal is not None:
        return verdict.refusal
    return replace(one, eligible_rial=max(0, one.eligible_rial - verdict.unearning_rial))


def _using(draft: "Draft") -> Using:
    says_who = draft.payer is not None and not draft.payer.only_card
    of_sale = (draft.channel, draft.external_id, draft.total_rial)
    return Using(*of_sale, draft.holds, draft.referral_code, says_who)


def _named(tender: dict[str, Any], at: int) -> UUID:
    try:
        return UUID(tender["reference"])
    except ValueError as error:
        detail = _OF_CREDIT if tender["method"] == TenderMethod.STORE_CREDIT else _OF_CARD
        raise Problem(
            "gift_card_not_held", detail, fields={f"tenders.{at}.reference": [detail]}
        ) from error
