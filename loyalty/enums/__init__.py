"""States and kinds of the points ledger and of paid memberships."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.enums.rules import BestFor as BestFor
from loyalty.enums.rules import CapSpan as CapSpan
from loyalty.enums.rules import DraftState as DraftState
from loyalty.enums.rules import PresentState as PresentState
from loyalty.enums.rules import ReplayState as ReplayState
from loyalty.enums.rules import RuleEffect as RuleEffect
from loyalty.enums.rules import Verdict as Verdict

_IDLE: Final = "idle_"


class LotState(models.TextChoices):
    """contingent → pending → active → consumed, expired or reversed."""

    CONTINGENT = "contingent", _("Waiting for an owner")
    PENDING = "pending", _("Pending")
    ACTIVE = "active", _("Spendable")
    CONSUMED = "consumed", _("Used up")
    EXPIRED = "expired", _("Expired")
    REVERSED = "reversed", _("Taken back")


class LotOrigin(models.TextChoices):
    """What a lot was granted for."""

    PURCHASE = "purchase", _("Purchase")
    INSTALMENT = "instalment", _("Instalment paid")
    ADJUSTMENT = "adjustment", _("Correction")
    GRACE = "grace", _("Returned after its date")
    APART = "apart", _("Settled between two profiles")
    GIFT = "gift", _("Gift of the business")
    PART = "part", _("Part of a purchase, with days to return of its own")


class TierWindow(models.TextChoices):
    """In which span purchases count towards a tier (rule R29)."""

    DAYS = "days", _("So many days at a time, from the first purchase on")
    YEAR = "year", _("The Jalali year")
    ANNIVERSARY = "anniversary", _("The year since the first purchase, each year anew")
    ROLLING = "rolling", _("Always the last so many days")


class TierFall(models.TextChoices):
    """How far a tier falls when its window is over and too little counts (rule R29)."""

    FULL = "full", _("To the level the purchases are enough for")
    ONE_LEVEL = "one_level", _("One level at most")
    NEVER = "never", _("Never")


class ClawBack(models.TextChoices):
    """How far a return takes points back that are not its own waiting ones (rule R20)."""

    UNLIMITED = "unlimited", _("Also what was spent, below zero down to the limit")
    WITHIN_BALANCE = "within_balance", _("What the customer has, never below zero")
    ONLY_PENDING = "only_pending", _("Only points that cannot be spent yet")


class EntryKind(models.TextChoices):
    """Why points moved."""

    EARN = "earn", _("Earned")
    CLAIM = "claim", _("Found its owner")
    ACTIVATE = "activate", _("Became spendable")
    REDEEM = "redeem", _("Spent")
    RELEASE = "release", _("Given back")
    CLAWBACK = "clawback", _("Taken back")
    EXPIRE = "expire", _("Expired")
    REPAY = "repay", _("Settled a negative balance")
    ADJUST = "adjust", _("Corrected by hand")
    MERGE = "merge", _("Moved when profiles were joined")
    UNMERGE = "unmerge", _("Moved when profiles were taken apart")
    WRITEOFF = "writeoff", _("Written off")
    GIFT = "gift", _("Given by the business")
    LEFT = "left", _("Ended by leaving the club")
    REJOIN = "rejoin", _("Came back with a return to the club")
    GOODWILL = "goodwill", _("Given on the spot")
    PART = "part", _("Waits apart, by the days to return of its goods")


class PostingKind(models.TextChoices):
    """What a posting in the books of points is for: its entry's kind, or a new estimate."""

    EARN = EntryKind.EARN.value, EntryKind.EARN.label
    CLAIM = EntryKind.CLAIM.value, EntryKind.CLAIM.label
    ACTIVATE = EntryKind.ACTIVATE.value, EntryKind.ACTIVATE.label
    RELEASE = EntryKind.RELEASE.value, EntryKind.RELEASE.label
    ADJUST = EntryKind.ADJUST.value, EntryKind.ADJUST.label
    REDEEM = EntryKind.REDEEM.value, EntryKind.REDEEM.label
    EXPIRE = EntryKind.EXPIRE.value, EntryKind.EXPIRE.label
    CLAWBACK = EntryKind.CLAWBACK.value, EntryKind.CLAWBACK.label
    REPAY = EntryKind.REPAY.value, EntryKind.REPAY.label
    WRITEOFF = EntryKind.WRITEOFF.value, EntryKind.WRITEOFF.label
    ESTIMATE = "estimate", _("Estimate renewed")
    MERGE = EntryKind.MERGE.value, EntryKind.MERGE.label
    UNMERGE = EntryKind.UNMERGE.value, EntryKind.UNMERGE.label
    GIFT = EntryKind.GIFT.value, EntryKind.GIFT.label
    LEFT = EntryKind.LEFT.value, EntryKind.LEFT.label
    REJOIN = EntryKind.REJOIN.value, EntryKind.REJOIN.label
    GOODWILL = EntryKind.GOODWILL.value, EntryKind.GOODWILL.label
    PART = EntryKind.PART.value, EntryKind.PART.label


class ExitWay(models.TextChoices):
    """Where a customer said that they leave the club."""

    OWN_PAGE = "own_page", _("On their own page")
    STAFF = "staff", _("Told the shop")
    API = "api", _("Shop or app")


class RedemptionState(models.TextChoices):
    """reserved → committed, released or expired; an expired one may still be committed."""

    RESERVED = "reserved", _("Held")
    COMMITTED = "committed", _("Spent")
    RELEASED = "released", _("Given back")
    EXPIRED = "expired", _("Hold ran out")


class CorrectionState(models.TextChoices):
    """waiting → approved or refused; a small one is applied at once."""

    WAITING = "waiting", _("Waiting for a second person")
    APPLIED = "applied", _("Done at once")
    APPROVED = "approved", _("Approved by a second person")
    REFUSED = "refused", _("Refused")


class ExpiryEnds(models.TextChoices):
    """With the end of which Jalali span points are gone, and counted from when.

    From the day they were granted, or (rule R14) from their owner's last activity.
    """

    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")
    IDLE_DAY = "idle_day", _("Day, counted from the last activity")
    IDLE_MONTH = "idle_month", _("Month, counted from the last activity")
    IDLE_YEAR = "idle_year", _("Year, counted from the last activity")

    @property
    def by_activity(self) -> bool:
        """Tell whether their owner's activity keeps points."""
        return self.value.startswith(_IDLE)

    @property
    def span(self) -> "ExpiryEnds":
        """Return the span alone."""
        return ExpiryEnds(self.value.removeprefix(_IDLE))


class MembershipState(models.TextChoices):
    """Where a paid membership stands. In grace it is unpaid and its perks still hold."""

    JOINING = "joining", _("Waiting for the first payment")
    ACTIVE = "active", _("Active")
    GRACE = "grace", _("Unpaid, in days of grace")
    PAUSED = "paused", _("Paused")
    LAPSED = "lapsed", _("Lapsed")
    CANCELLED = "cancelled", _("Ended")


class PeriodState(models.TextChoices):
    """What became of one period's price."""

    OPEN = "open", _("To be paid")
    PAID = "paid", _("Paid")
    UNPAID = "unpaid", _("Never paid")
    RETURNED = "returned", _("Money went back")


# At most one such membership a customer.
LIVE_MEMBERSHIP: Final = (
    MembershipState.JOINING,
    MembershipState.ACTIVE,
    MembershipState.GRACE,
    MembershipState.PAUSED,
)
MEMBERSHIP_MOVES: Final[Mapping[MembershipState, frozenset[MembershipState]]] = {
    MembershipState.JOINING: frozenset({MembershipState.ACTIVE, MembershipState.CANCELLED}),
    MembershipState.ACTIVE: frozenset(
        {MembershipState.GRACE, MembershipState.PAUSED, MembershipState.CANCELLED}
    ),
    MembershipState.GRACE: frozenset(
        {MembershipState.ACTIVE, MembershipState.LAPSED, MembershipState.CANCELLED}
    ),
    MembershipState.PAUSED: frozenset(
        {MembershipState.ACTIVE, MembershipState.GRACE, MembershipState.CANCELLED}
    ),
    # Money that came late: the member is back from the day it came.
    MembershipState.LAPSED: frozenset({MembershipState.ACTIVE}),
    MembershipState.CANCELLED: frozenset(),
}
PERIOD_MOVES: Final[Mapping[PeriodState, frozenset[PeriodState]]] = {
    PeriodState.OPEN: frozenset({PeriodState.PAID, PeriodState.UNPAID}),
    PeriodState.UNPAID: frozenset({PeriodState.PAID}),
    PeriodState.PAID: frozenset({PeriodState.RETURNED}),
    PeriodState.RETURNED: frozenset(),
}


class CardKind(models.TextChoices):
    """Whose money is on a card: somebody's who bought it, or the business's own gift.

    Store credit is a card without a code that belongs to a customer: owed to them, or given.
    """

    SOLD = "sold", _("Sold")
    PROMOTIONAL = "promotional", _("Given by the business")
    CREDIT = "credit", _("Store credit owed")
    CREDIT_GIFT = "credit_gift", _("Store credit given")


# Money somebody paid: it is in the journal. The business's own gifts are not.
OWED_CARDS: Final = (CardKind.SOLD, CardKind.CREDIT)
CREDIT_CARDS: Final = (CardKind.CREDIT, CardKind.CREDIT_GIFT)


class CardPaid(models.TextChoices):
    """How gift cards were paid for."""

    NOTHING = "nothing", _("Not paid: a gift of the business")
    LINK = "link", _("By a payment link")
    CASH = "cash", _("Cash")
    POS = "pos", _("Card terminal")
    CARD_TO_CARD = "card_to_card", _("Card to card")
    RETURN = "return", _("Money of a return")


TOP_UP_PAID: Final = (CardPaid.CASH, CardPaid.POS, CardPaid.CARD_TO_CARD)


class CardState(models.TextChoices):
    """waiting → active ⇄ stopped; void is an end. Expired and empty follow from the rest."""

    WAITING = "waiting", _("Waiting for its payment")
    ACTIVE = "active", _("Active")
    STOPPED = "stopped", _("Stopped")
    VOID = "void", _("Taken back")


class CardEntryKind(models.TextChoices):
    """Why money on a gift card moved."""

    LOAD = "load", _("Loaded")
    SPEND = "spend", _("Paid with")
    RELEASE = "release", _("Given back at the till")
    REFUND = "refund", _("Came back with a return")
    EXPIRE = "expire", _("Expired")
    TAKE_BACK = "take_back", _("Taken back")
    TOP_UP = "top_up", _("Topped up")


class PoolKind(models.TextChoices):
    """Whose a coupon's code is: one word for everybody, or each code once."""

    SHARED = "shared", _("One code for everybody")
    UNIQUE = "unique", _("A code for each")


class Stacking(models.TextChoices):
    """Whether a coupon may be used beside others (rule R50)."""

    ALONE = "alone", _("Only by itself")
    BESIDE = "beside", _("Together with others that allow it")


class TillVerb(models.TextChoices):
    """What a device asks for."""

    ACCRUE = "accrue", _("Sale")
    REDEEM = "redeem", _("Spending points")
    REVERSE = "reverse", _("Undoing")


class TillState(models.TextChoices):
    """What became of it: done → reversed. What was undone before it came was never done."""

    DONE = "done", _("Done")
    REVERSED = "reversed", _("Undone")
    REFUSED = "refused", _("Did not fit")


class TillNote(models.TextChoices):
    """What was settled for a sale that came late, so that it could stand."""

    CUSTOMER = (
        "customer_left_out",
        _("What was typed for the customer is nobody's; recorded without one"),
    )
    BRANCH = "branch_left_out", _("Its branch is not known; the device's own stands")
    EMPLOYEE = "employee_left_out", _("Its employee is not known and was left out")
    REFERRAL = "referral_left_out", _("Who told the buyer could not be kept and was left out")
    CONTEXT = (
        "context_left_out",
        _("What its lines say is none of the fields of your sales and was left out"),
    )
    CLOCK = "clock", _("The device's clock was wrong; its time was corrected")
    SEQUENCE = "sequence_taken", _("Its number in the row was already taken by another sale")
    RULES = "rules_changed", _("The rules of points changed before it came; the new ones counted")
    POINTS = "points_not_there", _("The points it says were spent were not taken")


class ReferralState(models.TextChoices):
    """waiting → running → rewarded → taken_back; refused is an end too."""

    WAITING = "waiting", _("Waiting for the first purchase")
    RUNNING = "running", _("May still be returned")
    REWARDED = "rewarded", _("Rewarded")
    REFUSED = "refused", _("Not rewarded")
    TAKEN_BACK = "taken_back", _("Taken back")


# A friend has at most one of these.
LIVE_REFERRAL: Final = (ReferralState.WAITING, ReferralState.RUNNING, ReferralState.REWARDED)


class ReferralSource(models.TextChoices):
    """Where a friend said who had told them."""

    API = "api", _("Shop or app")
    TILL = "till", _("Till")
    LINK = "link", _("The link")


class ReferralRefusal(models.TextChoices):
    """Why nobody is rewarded for a friend."""

    CLOSED = "closed", _("The offer is not open")
    LEFT = "left", _("Who recommends left the club")
    SELF = "self", _("One and the same customer")
    NOT_NEW = "not_new", _("The friend was a customer already")
    SAME_CARD = "same_card", _("Both use the same bank card")
    SAME_CONTACT = "same_contact", _("Both have the same mobile or e-mail")
    STAFF = "staff", _("One of the two works here")
    RING = "ring", _("They recommend each other in a circle")
    MONTH_FULL = "month_full", _("The month's number is reached")
    BUDGET = "budget", _("The budget is used up")
    TOO_SMALL = "too_small", _("The first purchase was too small")
    RETURNED = "returned", _("The first purchase was returned")
    NO_PURCHASE = "no_purchase", _("Nothing was bought in time")
    STRANGER = "stranger", _("The friend never told who they are")
    ONE_PERSON = "one_person", _("Their profiles turned out to be one person's")


class GoodwillSpan(models.TextChoices):
    """Within what somebody's goodwill is counted; Jalali, in the business's zone."""

    DAY = CapSpan.DAY.value, CapSpan.DAY.label
    WEEK = CapSpan.WEEK.value, CapSpan.WEEK.label
    MONTH = CapSpan.MONTH.value, CapSpan.MONTH.label


class SuspicionRule(models.TextChoices):
    """What speaks for a misuse of points."""

    CUSTOMER_SALES = "customer_sales", _("Many purchases of one customer in a day")
    CUSTOMER_SPENDING = "customer_spending", _("Points spent many times by one customer in a day")
    DEVICE_SALES = "device_sales", _("Many sales of one device in a day")
    DEVICE_SPENDING = "device_spending", _("Points spent many times at one device in a day")
    SAME_TILL = "same_till", _("One customer nearly always at the same seller")
    OWN_SALES = "own_sales", _("Selling to oneself")
    STAFF_POINTS = "staff_points", _("Points for somebody who works here")
    SELF_REFERRAL = "self_referral", _("Recommending oneself")
    SPENT_RETURNED = "spent_returned", _("Goods returned after their points were spent")
    CORRECTIONS = "corrections", _("Many points added by hand by one person")
    WRONG_CODES = "wrong_codes", _("Many wrong one-time codes")


class SuspicionState(models.TextChoices):
    """open → seen or dismissed; open again when it has doubled since."""

    OPEN = "open", _("Nobody looked yet")
    SEEN = "seen", _("Looked after")
    DISMISSED = "dismissed", _("Nothing wrong")


class SuspicionVerdict(models.TextChoices):
    """What a person says about a sign."""

    SEEN = SuspicionState.SEEN.value, SuspicionState.SEEN.label
    DISMISSED = SuspicionState.DISMISSED.value, SuspicionState.DISMISSED.label
