"""What moves points, cards and memberships."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from businesses.events import BusinessCreated
from businesses.queries import business_by_id
from customers.enums import CustomerStatus
from customers.events import (
    CustomerActivated,
    CustomersMerged,
    CustomersUnmerged,
    PurchaseRecorded,
    ReturnRecorded,
)
from customers.queries.merging import owners_of
from loyalty.enums import ReferralSource
from loyalty.operations import (
    Returned,
    Sale,
    claim_lots,
    earn_instalment,
    join_wallets,
    lay_out_programme,
    part_purchases,
    part_wallets,
    post_earnings,
    take_back,
    take_back_early,
    take_back_instalment,
)
from loyalty.operations.activity import Bought, note_purchases
from loyalty.operations.gift_cards import (
    PREFIX as GIFT_CARDS,
)
from loyalty.operations.gift_cards import (
    activate_paid,
    price_went_back,
    void_unpaid,
)
from loyalty.operations.held import give_held_back, use_held
from loyalty.operations.memberships import (
    OWNER,
    PREFIX,
    ask_instead,
    return_period,
    settle_period,
)
from loyalty.operations.policies import keep_policy
from loyalty.operations.referrals import (
    FirstSale,
    lock_referred,
    take_referrals_back,
    tell_referral,
)
from outbox.events import Recorded
from outbox.subscriptions import subscribe
from payments.enums.debits import Collects
from payments.events import (
    DebitCollected,
    DebitFailed,
    InstalmentPaid,
    InstalmentReopened,
    PaymentFailed,
    PaymentReversed,
    PaymentSettled,
    ReturnPolicyChanged,
)

_IMPORTED = "import"
_AS_TOLD: Final[Mapping[UUID, UUID | None]] = MappingProxyType({})


@subscribe(ReturnPolicyChanged, name="loyalty.keep_policy", in_transaction=True)
def keep_returns(events: Sequence[Recorded[ReturnPolicyChanged]], *, now: datetime) -> None:
    """Keep the public rules, which tell for how long goods come back."""
    if events:
        keep_policy(now=now)


@subscribe(BusinessCreated, name="loyalty.lay_out", in_transaction=True)
def lay_out(events: Sequence[Recorded[BusinessCreated]], *, now: datetime) -> None:
    """Give a new business its programme."""
    for event in events:
        name = business_by_id(event.business_id).name
        lay_out_programme(business_name=name, vertical=event.body.vertical, now=now)


@subscribe(CustomerActivated, name="loyalty.claim", in_transaction=True)
def claim(events: Sequence[Recorded[CustomerActivated]], *, now: datetime) -> None:
    """Hand customers who told who they are the points that waited for them."""
    for event in events:
        claim_lots(customer_id=event.body.customer_id, now=now)


@subscribe(PurchaseRecorded, name="loyalty.earn", in_transaction=True, whole=True)
def earn(events: Sequence[Recorded[PurchaseRecorded]], *, now: datetime) -> None:
    """Post the points of sales, so that the receipt can print them."""
    # Only a delivery repeated later can meet a return that came before the points, or a buyer
    # whose profile was joined to another since.
    late = [event.body.purchase_id for event in events if event.at < now]
    owners = owners_of(late) if late else _AS_TOLD
    sales = [_sale(event.body, owners, fresh=event.at == now) for event in events]
    post_earnings(sales=sales, now=now)
    note_purchases(bought=[_bought(sale) for sale in sales], now=now)
    part_purchases(purchase_ids=[sale.purchase_id for sale in sales], now=now)
    if late:
        take_back_early(purchase_ids=late, now=now)


@subscribe(CustomersMerged, name="loyalty.join", in_transaction=True)
def join(events: Sequence[Recorded[CustomersMerged]], *, now: datetime) -> None:
    """Move the points of a profile that was joined to another."""
    for event in events:
        join_wallets(merge_id=event.body.merge_id, now=now)


@subscribe(CustomersUnmerged, name="loyalty.part", in_transaction=True)
def part(events: Sequence[Recorded[CustomersUnmerged]], *, now: datetime) -> None:
    """Take the points of two profiles apart again."""
    for event in events:
        part_wallets(merge_id=event.body.merge_id, now=now)


@subscribe(ReturnRecorded, name="loyalty.take_back", in_transaction=True)
def undo(events: Sequence[Recorded[ReturnRecorded]], *, now: datetime) -> None:
    """Undo the points of returned sales, and of recommendations that rested on them."""
    returns = [
        Returned(
            event.body.purchase_id,
            event.body.purchase_total_rial,
            event.body.returned_so_far_rial,
        )
        for event in events
    ]
    referred = lock_referred([back.purchase_id for back in returns])
    take_back(returns=returns, now=now)
    if referred:
        take_referrals_back(returns=returns, now=now)


@subscribe(
    PurchaseRecorded,
    name="loyalty.tell_referral",
    in_transaction=True,
    when=lambda event, _now: bool(event.referral_code),
)
def note_referral(events: Sequence[Recorded[PurchaseRecorded]], *, now: datetime) -> None:
    """Keep who told new customers of the business; after the sale took its wallets."""
    for event in events:
        body = event.body
        if body.customer_id is not None:
            tell_referral(
                code=body.referral_code,
                friend_id=body.customer_id,
                source=ReferralSource.TILL if body.source == "till" else ReferralSource.API,
                sale=FirstSale(
                    purchase_id=body.purchase_id,
                    eligible_rial=body.eligible_rial,
                    occurred_at=body.occurred_at,
                ),
                now=now,
            )


@subscribe(
    PurchaseRecorded,
    name="loyalty.use_held",
    in_transaction=True,
    when=lambda event, _now: bool(event.holds),
)
def use_what_was_held(events: Sequence[Recorded[PurchaseRecorded]], *, now: datetime) -> None:
    """Spend what was held for sales: gift cards, coupons."""
    for event in events:
        use_held(purchase_id=event.body.purchase_id, holds=event.body.holds, now=now)


@subscribe(ReturnRecorded, name="loyalty.give_held_back", in_transaction=True)
def give_back_what_was_held(events: Sequence[Recorded[ReturnRecorded]], *, now: datetime) -> None:
    """Give gift cards their part of what came back, and coupons back with the last of it."""
    for event in events:
        give_held_back(
            purchase_id=event.body.purchase_id,
            returned_rial=event.body.returned_so_far_rial,
            total_rial=event.body.purchase_total_rial,
            now=now,
        )


@subscribe(
    PaymentSettled,
    name="loyalty.activate_gift_cards",
    in_transaction=True,
    when=lambda event, _now: event.collects == Collects.PREPAID,
)
def activate_gift_cards(events: Sequence[Recorded[PaymentSettled]], *, now: datetime) -> None:
    """Gift cards somebody bought by a link are paid."""
    for event in events:
        activate_paid(payment_id=event.body.payment_id, now=now)


@subscribe(
    PaymentFailed,
    name="loyalty.void_gift_cards",
    in_transaction=True,
    when=lambda event, _now: event.final and event.external_id.startswith(GIFT_CARDS),
)
def void_gift_cards(events: Sequence[Recorded[PaymentFailed]], *, now: datetime) -> None:
    """Nobody paid for these gift cards in time."""
    for event in events:
        void_unpaid(payment_id=event.body.payment_id, now=now)


@subscribe(
    PaymentReversed,
    name="loyalty.end_gift_cards",
    in_transaction=True,
    when=lambda event, _now: event.external_id.startswith(GIFT_CARDS),
)
def end_gift_cards(events: Sequence[Recorded[PaymentReversed]], *, now: datetime) -> None:
    """The money of gift cards went back to whoever bought them."""
    for event in events:
        price_went_back(payment_id=event.body.payment_id, now=now)


@subscribe(InstalmentPaid, name="loyalty.earn_instalment", in_transaction=True)
def earn_part(events: Sequence[Recorded[InstalmentPaid]], *, now: datetime) -> None:
    """Grant the points of what was bought on credit, as it is paid."""
    for event in events:
        earn_instalment(
            payment_id=event.body.payment_id,
            customer_id=event.body.customer_id,
            base_rial=event.body.amount_rial,
            number=event.body.number,
            now=now,
        )


@subscribe(InstalmentReopened, name="loyalty.take_back_instalment", in_transaction=True)
def take_back_part(events: Sequence[Recorded[InstalmentReopened]], *, now: datetime) -> None:
    """Take the points of an instalment back whose money went back."""
    for event in events:
        take_back_instalment(payment_id=event.body.payment_id, now=now)


@subscribe(
    PaymentSettled,
    name="loyalty.settle_membership",
    in_transaction=True,
    when=lambda event, _now: event.external_id.startswith(PREFIX),
)
def settle_asked(events: Sequence[Recorded[PaymentSettled]], *, now: datetime) -> None:
    """A period of a membership somebody was asked for is paid."""
    for event in events:
        settle_period(payment_id=event.body.payment_id, now=now)


@subscribe(
    DebitCollected,
    name="loyalty.settle_debited_membership",
    in_transaction=True,
    when=lambda event, _now: event.source_kind == OWNER and event.source_id is not None,
)
def settle_debited(events: Sequence[Recorded[DebitCollected]], *, now: datetime) -> None:
    """A period of a membership was collected under a mandate."""
    for event in events:
        body = event.body
        settle_period(payment_id=body.payment_id, period_id=body.source_id, now=now)


@subscribe(DebitFailed, name="loyalty.ask_instead")
def ask_member(event: Recorded[DebitFailed], *, now: datetime) -> None:
    """A renewal's debit was given up: the member may still pay by a link."""
    body = event.body
    if body.final and body.source_kind == OWNER and body.source_id is not None:
        ask_instead(period_id=body.source_id, now=now)


@subscribe(
    PaymentReversed,
    name="loyalty.return_membership",
    in_transaction=True,
    when=lambda event, _now: event.external_id.startswith(PREFIX),
)
def return_paid(events: Sequence[Recorded[PaymentReversed]], *, now: datetime) -> None:
    """The money of a membership's period went back."""
    for event in events:
        return_period(payment_id=event.body.payment_id, now=now)


def _bought(sale: Sale) -> Bought:
    return Bought(sale.purchase_id, sale.customer_id, sale.local_date, sale.imported)


def _sale(
    event: PurchaseRecorded,
    owners: Mapping[UUID, UUID | None] = _AS_TOLD,
    *,
    fresh: bool = False,
) -> Sale:
    return Sale(
        purchase_id=event.purchase_id,
        customer_id=owners.get(event.purchase_id, event.customer_id),
        base_rial=event.eligible_rial,
        occurred_at=event.occurred_at,
        local_date=event.local_date,
        owned=event.customer_status != CustomerStatus.PROVISIONAL,
        imported=event.source == _IMPORTED,
        channel=event.channel,
        branch_id=event.branch_id,
        employee_id=event.employee_id,
        fresh=fresh,
    )
