"""What is told of each kind: ids, amounts in rial, whole points, and nothing of a person (R58)."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel


class PaymentPaid(BaseModel):
    """A payment was confirmed by its provider."""

    payment_id: UUID
    external_id: str
    purchase_id: UUID | None
    amount: int
    provider: str
    reference: str | None
    settled_at: datetime


class PaymentReversed(BaseModel):
    """The whole money of a payment went back to the card it came from."""

    payment_id: UUID
    external_id: str
    purchase_id: UUID | None
    amount: int


class RefundPaid(BaseModel):
    """Money of a refund arrived."""

    refund_id: UUID
    payment_id: UUID
    external_id: str
    purchase_id: UUID | None
    amount: int
    paid: int
    paid_at: datetime


class PurchaseRecorded(BaseModel):
    """A sale stands.

    `new_categories` are those its buyer had not bought in the two years before; for a new customer
    (`is_new_customer`) all of them are.
    """

    purchase_id: UUID
    customer_id: UUID | None
    total: int
    channel: str
    branch_id: UUID | None
    occurred_at: datetime
    first_purchase: bool
    is_new_customer: bool
    is_new_to_category: bool
    new_categories: list[str]


class FirstPurchase(BaseModel):
    """A known customer bought for the first time."""

    customer_id: UUID
    purchase_id: UUID
    total: int
    occurred_at: datetime


class PurchaseReturned(BaseModel):
    """Part of a sale came back; `returned_so_far` includes this return."""

    return_id: UUID
    purchase_id: UUID
    customer_id: UUID | None
    amount: int
    purchase_total: int
    returned_so_far: int
    occurred_at: datetime


class PurchaseDisputed(BaseModel):
    """A customer said that a purchase is not theirs; a person, or you, decides (`decide`).

    What they wrote is the customer's, so it is asked for, not told.
    """

    dispute_id: UUID
    purchase_id: UUID
    customer_id: UUID


class PurchaseDisowned(BaseModel):
    """A purchase was found not to be theirs: it is nobody's now, its points are taken back."""

    purchase_id: UUID
    customer_id: UUID


class PointsEarned(BaseModel):
    """A purchase earned points; `status` is pending while they cannot be spent yet."""

    customer_id: UUID
    purchase_id: UUID
    points: int
    status: str
    expires_at: datetime | None


class PointsSpent(BaseModel):
    """Points were spent for good."""

    customer_id: UUID
    redemption_id: UUID
    points: int
    value: int


class PointsExpired(BaseModel):
    """Points of a customer ended unspent."""

    customer_id: UUID
    points: int


class PointsCorrected(BaseModel):
    """Somebody corrected a balance by hand; `points` is signed."""

    customer_id: UUID
    points: int


class CreditFilled(BaseModel):
    """A customer has store credit of one more filling; null: it never ends, it is of no sale.

    `source`: return, refund, paid or gift.
    """

    store_credit_id: UUID
    customer_id: UUID
    amount: int
    source: str
    purchase_id: UUID | None
    expires_at: datetime | None


class CreditMoved(BaseModel):
    """A sale took `amount` of one filling, or gave it back with its goods; `left` is on it now.

    A sale paid from several fillings is told once for each.
    """

    store_credit_id: UUID
    customer_id: UUID
    purchase_id: UUID
    amount: int
    left: int


class CreditEnded(BaseModel):
    """What was left of one filling ended."""

    store_credit_id: UUID
    customer_id: UUID
    amount: int


class TierChanged(BaseModel):
    """A customer reached another tier."""

    customer_id: UUID
    tier_id: UUID
    tier: str
    is_upgrade: bool


class CustomerCreated(BaseModel):
    """A customer was seen for the first time."""

    customer_id: UUID
    status: str
    source: str


class LeadNoted(BaseModel):
    """Somebody who has bought nothing yet left their number."""

    lead_id: UUID
    customer_id: UUID
    source_id: UUID


class CustomersMerged(BaseModel):
    """Two profiles are one: `merged_id` is from now on `survivor_id`; or they were parted again."""

    survivor_id: UUID
    merged_id: UUID


class CustomerErased(BaseModel):
    """What was known of a person is destroyed; destroy your copy too."""

    customer_id: UUID


class SurveyResponded(BaseModel):
    """A customer answered a survey."""

    response_id: UUID
    survey_id: UUID
    customer_id: UUID
    purchase_id: UUID
    kind: str
    score: int
    is_low: bool


class ReferralRewarded(BaseModel):
    """A customer and the friend they brought got their points."""

    referral_id: UUID
    referrer_id: UUID
    friend_id: UUID
    referrer_points: int
    friend_points: int


class EngagementNoted(BaseModel):
    """A customer did something besides buying; 0 points: it is only counted, or they had theirs."""

    engagement_id: UUID
    customer_id: UUID
    kind: str
    points: int


class OwnSegmentMoved(BaseModel):
    """A customer came into, or left, a segment the business made itself."""

    own_segment_id: UUID
    customer_id: UUID


class MeasureDecided(BaseModel):
    """Two people decided on a measure about a customer; it holds until a day."""

    measure_id: UUID
    customer_id: UUID
    step: str
    ends_on: date


class MeasureEnded(BaseModel):
    """A measure about a customer was lifted before its day."""

    measure_id: UUID
    customer_id: UUID
    step: str


class NamedSegmentMoved(BaseModel):
    """A customer came into, or left, a ready-made segment."""

    segment: str
    customer_id: UUID


class RetentionDropped(BaseModel):
    """A customer's retention score fell below the line, half of the business's mean.

    The score is the chance, in hundredths, of a purchase within the horizon. Told again only after
    it has risen to three quarters of the mean.
    """

    customer_id: UUID
    score: int
    line: int
    horizon_days: int
    basis: str
    as_of: date


class MilestoneReached(BaseModel):
    """A customer reached a milestone; 0 points: a greeting alone."""

    customer_id: UUID
    kind: str
    number: int
    points: int


class Tested(BaseModel):
    """Somebody pressed the button that sends a test."""

    message: str
