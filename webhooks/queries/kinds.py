"""What a business's software can hear: each kind, the event behind it, and its shape.

Nothing of a person is told but their id: whoever may know more asks the API with a key that may
(rule R58). Amounts are rial, points whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from customers import events as customers
from customers.queries.newness import new_categories
from feedback.events import SurveyAnswered
from loyalty import events as loyalty
from loyalty.queries.told import points_of_purchase
from outbox.events import DomainEvent, Recorded
from payments import events as payments
from segmentation import events as segmentation
from webhooks.queries.shapes import (
    CreditEnded,
    CreditFilled,
    CreditMoved,
    CustomerCreated,
    CustomerErased,
    CustomersMerged,
    EngagementNoted,
    FirstPurchase,
    LeadNoted,
    MeasureDecided,
    MeasureEnded,
    MilestoneReached,
    NamedSegmentMoved,
    OwnSegmentMoved,
    PaymentPaid,
    PaymentReversed,
    PointsCorrected,
    PointsEarned,
    PointsExpired,
    PointsSpent,
    PurchaseDisowned,
    PurchaseDisputed,
    PurchaseRecorded,
    PurchaseReturned,
    ReferralRewarded,
    RefundPaid,
    RetentionDropped,
    SurveyResponded,
    TierChanged,
)

TEST: Final = "test"


Facts = Mapping[str, Any]
Tell = Callable[[Any], Facts | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be heard. `tell` makes its facts from the event, None: nothing to say."""

    name: str
    label: Promise
    event: type[DomainEvent]
    shape: type[BaseModel]
    tell: Tell
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Something to tell: the id receivers know it by, its kind and facts."""

    key: UUID
    kind: str
    data: Mapping[str, Any]


def _plain(**renamed: str) -> Tell:
    """Tell the event's own fields, some under other names (`new="old"`)."""

    def tell(event: DomainEvent) -> Facts:
        fields = vars(event)
        return fields | {name: fields[old] for name, old in renamed.items()}

    return tell


def _sold(event: customers.PurchaseRecorded) -> Facts:
    new = new_categories(event.purchase_id) if event.customer_id else []
    return vars(event) | {
        "total": event.total_rial,
        "is_new_customer": event.first_purchase,
        "is_new_to_category": bool(new),
        "new_categories": new,
    }


def _first(event: customers.PurchaseRecorded) -> Facts | None:
    if not event.first_purchase or event.customer_id is None:
        return None
    return vars(event) | {"total": event.total_rial}


def _earned(event: customers.PurchaseRecorded) -> Facts | None:
    found = points_of_purchase(event.purchase_id)
    return None if found is None else vars(found)


KINDS: Final[Sequence[Kind]] = (
    Kind(
        "payment.settled",
        _("A payment was made"),
        payments.PaymentSettled,
        PaymentPaid,
        _plain(amount="amount_rial"),
    ),
    Kind(
        "payment.reversed",
        _("A payment went back"),
        payments.PaymentReversed,
        PaymentReversed,
        _plain(amount="amount_rial"),
    ),
    Kind(
        "refund.paid",
        _("A refund arrived"),
        payments.RefundPaid,
        RefundPaid,
        _plain(amount="amount_rial", paid="paid_rial"),
    ),
    Kind(
        "purchase.recorded",
        _("A purchase was recorded"),
        customers.PurchaseRecorded,
        PurchaseRecorded,
        _sold,
    ),
    Kind(
        "purchase.returned",
        _("Part of a purchase came back"),
        customers.ReturnRecorded,
        PurchaseReturned,
        _plain(
            amount="amount_rial",
            purchase_total="purchase_total_rial",
            returned_so_far="returned_so_far_rial",
        ),
    ),
    Kind(
        "purchase.disputed",
        _("A customer said that a purchase is not theirs"),
        customers.PurchaseDisputed,
        PurchaseDisputed,
        _plain(),
    ),
    Kind(
        "purchase.disowned",
        _("A purchase was found not to be a customer's"),
        customers.PurchaseDisowned,
        PurchaseDisowned,
        _plain(),
    ),
    Kind(
        "points.earned",
        _("Points were earned"),
        customers.PurchaseRecorded,
        PointsEarned,
        _earned,
        derived=True,
    ),
    Kind(
        "points.spent",
        _("Points were spent"),
        loyalty.PointsRedeemed,
        PointsSpent,
        _plain(value="value_rial"),
    ),
    Kind(
        "points.expired",
        _("Points ended unspent"),
        loyalty.PointsExpired,
        PointsExpired,
        _plain(),
    ),
    Kind(
        "points.corrected",
        _("Points were corrected by hand"),
        loyalty.PointsAdjusted,
        PointsCorrected,
        _plain(),
    ),
    Kind(
        "store_credit.filled",
        _("Store credit was filled"),
        loyalty.StoreCreditFilled,
        CreditFilled,
        _plain(amount="amount_rial"),
    ),
    Kind(
        "store_credit.spent",
        _("A sale was paid with store credit"),
        loyalty.StoreCreditSpent,
        CreditMoved,
        _plain(amount="amount_rial", left="left_rial"),
    ),
    Kind(
        "store_credit.returned",
        _("Money came back into store credit"),
        loyalty.StoreCreditReturned,
        CreditMoved,
        _plain(amount="amount_rial", left="left_rial"),
    ),
    Kind(
        "store_credit.expired",
        _("Store credit ended unused"),
        loyalty.StoreCreditExpired,
        CreditEnded,
        _plain(amount="amount_rial"),
    ),
    Kind(
        "store_credit.taken_back",
        _("Store credit filled by mistake was taken back"),
        loyalty.StoreCreditTakenBack,
        CreditEnded,
        _plain(amount="amount_rial"),
    ),
    Kind(
        "tier.changed",
        _("A customer reached another tier"),
        loyalty.TierChanged,
        TierChanged,
        _plain(tier="tier_name"),
    ),
    Kind(
        "customer.created",
        _("A new customer was seen"),
        customers.CustomerCreated,
        CustomerCreated,
        _plain(),
    ),
    Kind(
        "customer.first_purchase",
        _("A customer bought for the first time"),
        customers.PurchaseRecorded,
        FirstPurchase,
        _first,
        derived=True,
    ),
    Kind(
        "lead.noted",
        _("Somebody who has not bought yet left their number"),
        customers.LeadNoted,
        LeadNoted,
        _plain(),
    ),
    Kind(
        "customer.merged",
        _("Two profiles became one"),
        customers.CustomersMerged,
        CustomersMerged,
        _plain(),
    ),
    Kind(
        "customer.unmerged",
        _("Two profiles were parted again"),
        customers.CustomersUnmerged,
        CustomersMerged,
        _plain(),
    ),
    Kind(
        "customer.erased",
        _("A customer was erased"),
        customers.CustomerErased,
        CustomerErased,
        _plain(),
    ),
    Kind(
        "survey.responded",
        _("A survey was answered"),
        SurveyAnswered,
        SurveyResponded,
        _plain(),
    ),
    Kind(
        "referral.rewarded",
        _("A recommendation was rewarded"),
        loyalty.ReferralRewarded,
        ReferralRewarded,
        _plain(),
    ),
    Kind(
        "engagement.noted",
        _("A customer did something besides buying"),
        loyalty.EngagementNoted,
        EngagementNoted,
        _plain(),
    ),
    Kind(
        "segment.entered",
        _("A customer came into a segment of your own"),
        segmentation.OwnSegmentEntered,
        OwnSegmentMoved,
        _plain(),
    ),
    Kind(
        "segment.left",
        _("A customer left a segment of your own"),
        segmentation.OwnSegmentLeft,
        OwnSegmentMoved,
        _plain(),
    ),
    Kind(
        "customer.measure_applied",
        _("Two people decided on a measure about a customer"),
        customers.MeasureApplied,
        MeasureDecided,
        _plain(),
    ),
    Kind(
        "customer.measure_lifted",
        _("A measure about a customer was lifted"),
        customers.MeasureLifted,
        MeasureEnded,
        _plain(),
    ),
    Kind(
        "named_segment.entered",
        _("A customer came into a ready-made segment"),
        segmentation.NamedSegmentEntered,
        NamedSegmentMoved,
        _plain(),
    ),
    Kind(
        "named_segment.left",
        _("A customer left a ready-made segment"),
        segmentation.NamedSegmentLeft,
        NamedSegmentMoved,
        _plain(),
    ),
    Kind(
        "retention.dropped",
        _("A customer's retention score dropped"),
        segmentation.RetentionDropped,
        RetentionDropped,
        _plain(),
    ),
    Kind(
        "milestone.reached",
        _("A milestone was reached"),
        loyalty.MilestoneCelebrated,
        MilestoneReached,
        _plain(),
    ),
)
NAMES: Final = frozenset(one.name for one in KINDS)


def told_by(event: Recorded[Any], wanted: frozenset[str]) -> list[Told]:
    """Return what an event has to say of the kinds somebody wants to hear."""
    heard = [one for one in KINDS if one.event.name == event.body.name and one.name in wanted]
    found = []
    for kind in heard:
        facts = kind.tell(event.body)
        if facts is not None:
            key = uuid5(event.id, kind.name) if kind.derived else event.id
            found.append(Told(key, kind.name, _data(kind.shape, facts)))
    return found


def events_of(kinds: frozenset[str]) -> set[str]:
    """Return the names of the events behind some kinds."""
    return {one.event.name for one in KINDS if one.name in kinds}


def _data(shape: type[BaseModel], facts: Facts) -> dict[str, Any]:
    named = {name: facts[name] for name in shape.model_fields}
    return shape.model_validate(named).model_dump(mode="json")
