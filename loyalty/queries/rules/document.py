"""The whole of one version: the rate and the rules beside it, as typed, stored and judged."""

from datetime import date
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from core.ids import new_id
from core.money import MAX_RIAL
from core.text import normalise
from loyalty.enums import BestFor, CapSpan, RuleEffect
from loyalty.enums.engagement import EngagementKind
from loyalty.enums.happenings import AFTER_EFFECTS, HappeningKind
from loyalty.enums.presents import OccasionKind, SharedDayKind

MOST_RULES: Final = 30
MOST_STAMPS: Final = 100
_MOST_POINTS: Final = 1_000_000_000
_MOST_OF_A_RATE: Final = 1_000_000_000_000
_DAY: Final = 24 * 60

Rial = Annotated[int, Field(strict=True, ge=0, le=MAX_RIAL)]
Positive = Annotated[int, Field(strict=True, gt=0, le=_MOST_POINTS)]
Minute = Annotated[int, Field(strict=True, ge=0, lt=_DAY)]
Text = Annotated[str, Field(min_length=1, max_length=300)]
Texts = Annotated[tuple[Text, ...], Field(max_length=100)]
Ids = Annotated[tuple[UUID, ...], Field(max_length=100)]
Whole = Annotated[int, Field(strict=True, ge=-_MOST_OF_A_RATE, le=_MOST_OF_A_RATE)]
Weekday = Annotated[int, Field(strict=True, ge=0, le=6)]
Month = Annotated[int, Field(strict=True, ge=1, le=12)]
MonthDay = Annotated[int, Field(strict=True, ge=1, le=31)]
Days = Annotated[int, Field(strict=True, ge=1, le=730)]
# One spelling, so that nobody is two funders.
Funder = Annotated[str, Field(max_length=80), AfterValidator(normalise)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AttributeIs(_Frozen):
    """What an attribute must have been, as it was written down before the purchase.

    One of `values` (a text, codes of the list, yes or no), or from `least` to `most`, both
    included: a number, or the age in whole years of who was born on a Jalali day or in a month.
    """

    key: Text
    values: Texts = ()
    least: Whole | None = None
    most: Whole | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if bool(self.values) == self.is_range:
            raise ValueError("values, or a range")
        if self.least is not None and self.most is not None and self.most < self.least:
            raise ValueError("a range that ends before it begins")
        return self

    @property
    def is_range(self) -> bool:
        """Tell whether a number or an age is asked for."""
        return self.least is not None or self.most is not None


class Around(_Frozen):
    """A day of the customer's own, and how many days before and after it count too."""

    kinds: Annotated[tuple[OccasionKind, ...], Field(min_length=1, max_length=3)]
    days: Annotated[int, Field(strict=True, ge=0, le=60)] = 0


class AroundShared(_Frozen):
    """A day of the calendar with a date of its own, and how many days before and after count too.

    Its dates are the business's days of the calendar: no lunar one is worked out.
    """

    kinds: Annotated[tuple[SharedDayKind, ...], Field(min_length=1, max_length=9)]
    days: Annotated[int, Field(strict=True, ge=0, le=60)] = 0


class Did(_Frozen):
    """Something the customer did besides buying, within so many days before the purchase."""

    kinds: Annotated[tuple[EngagementKind, ...], Field(min_length=1, max_length=8)]
    days: Days = 30


class When(_Frozen):
    """What must be true of a basket. Whatever is empty is no condition.

    `skus` and `categories` name goods: one of them in the basket is enough, and what the rule gives
    is counted on those goods alone; `least_lines` of them must be in it. Weekdays count from
    Saturday (0), `weekend` is the business's own (false: its other days); `months` and `month_days`
    are of the Jalali calendar; hours are local, the last minute not included, and may pass
    midnight. `since` and `until` are business days, both included; `shared` is a day of the
    calendar. `segments` are codes of segments, as the customer was last scored before the purchase
    or was counted among the business's own (`own:…`), `attributes` what is known of the customer,
    all of it. `number` is which purchase of the customer, `every` each so-manieth one. `around` is
    a day of their own, `did` what they did before, `bought_rial` how much they had bought before at
    least, less what came back.

    With `after` the rule is about no purchase: it gives once for each time one of these happens.
    """

    least_rial: Rial = 0
    least_lines: Annotated[int, Field(strict=True, ge=0, le=500)] = 0
    skus: Texts = ()
    categories: Texts = ()
    channels: Texts = ()
    branches: Ids = ()
    employees: Ids = ()
    since: date | None = None
    until: date | None = None
    weekdays: tuple[Weekday, ...] = ()
    weekend: Annotated[bool, Field(strict=True)] | None = None
    months: tuple[Month, ...] = ()
    month_days: tuple[MonthDay, ...] = ()
    from_minute: Minute | None = None
    to_minute: Minute | None = None
    tiers: Ids = ()
    segments: Texts = ()
    attributes: Annotated[tuple[AttributeIs, ...], Field(max_length=10)] = ()
    number: Positive | None = None
    every: Positive | None = None
    around: Around | None = None
    shared: AroundShared | None = None
    did: Did | None = None
    bought_rial: Rial = 0
    after: Annotated[tuple[HappeningKind, ...], Field(max_length=len(HappeningKind))] = ()

    @model_validator(mode="after")
    def _asks_what_there_is(self) -> Self:
        sold = self.least_rial or self.reads_lines or self.counts_purchases
        if self.after and (sold or self.channels or self.branches or self.employees):
            raise ValueError("about a purchase, or after something else")
        return self

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.from_minute is None) != (self.to_minute is None):
            raise ValueError("hours begin and end")
        if self.from_minute is not None and self.from_minute == self.to_minute:
            raise ValueError("hours that end as they begin")
        if self.since and self.until and self.until < self.since:
            raise ValueError("dates that end before they begin")
        return self

    @property
    def names_goods(self) -> bool:
        """Tell whether the rule is about some goods only."""
        return bool(self.skus or self.categories)

    @property
    def reads_lines(self) -> bool:
        """Tell whether the lines of a purchase matter."""
        return self.names_goods or self.least_lines > 0

    @property
    def counts_purchases(self) -> bool:
        """Tell whether it matters which purchase of the customer it is."""
        return self.number is not None or self.every is not None

    def is_about(self, happened: HappeningKind | None) -> bool:
        """Tell whether it is about a purchase (None), or about what happened."""
        return not self.after if happened is None else happened in self.after


class Present(_Frozen):
    """What a rule gives that is no points; `worth_rial` is what one of it costs at most.

    Where the thing itself says what it is worth (a reward, an amount off, a card's reward by its
    stamps) it is filled in when the draft is saved.

    `stamp_card` (num stamps on it), `pool` (a coupon of its own of these), `reward` (one of the
    list, without points), a free item of a `category`, or a gift card of `worth_rial`. Good for
    `days` days.
    """

    worth_rial: Rial = 0
    stamp_card: UUID | None = None
    pool: UUID | None = None
    reward: UUID | None = None
    category: Annotated[str, Field(max_length=100)] = ""
    days: Days = 60

    @property
    def named(self) -> frozenset[RuleEffect]:
        """Return what the filled-in fields make it."""
        told = {
            RuleEffect.STAMP: self.stamp_card,
            RuleEffect.COUPON: self.pool,
            RuleEffect.REWARD: self.reward,
            RuleEffect.ITEM: self.category,
        }
        return frozenset(effect for effect, value in told.items() if value)


class Bonus(_Frozen):
    """One rule beside the rate.

    `times`: what the rate gives is multiplied by num ÷ den; `rate`: num points more for each den
    rial; `fixed`: num points; the others a `present`, one of it (of stamps num). Rules of one
    `group` never add up: the best counts. `customer_cap_points` counts presents where it gives
    them. `funder` is a supplier or partner who pays for its points instead of the business.
    """

    key: UUID = Field(default_factory=new_id)
    name: Annotated[str, Field(min_length=1, max_length=80)]
    when: When = When()
    effect: RuleEffect
    num: Positive
    den: Annotated[int, Field(strict=True, gt=0, le=MAX_RIAL)] = 1
    present: Present | None = None
    group: Annotated[str, Field(max_length=40)] = ""
    funder: Funder = ""
    cap_points: Positive | None = None
    customer_cap_points: Positive | None = None
    customer_span: CapSpan = CapSpan.EVER
    budget_rial: Rial | None = None

    @model_validator(mode="after")
    def _gives_something(self) -> Self:
        if self.effect == RuleEffect.TIMES and self.num <= self.den:
            raise ValueError("a factor above one")
        if self.effect == RuleEffect.FIXED and self.den != 1:
            raise ValueError("points without a span")
        if self.funder and self.effect.is_present:
            raise ValueError("points of a funder")
        return self

    @model_validator(mode="after")
    def _gives_without_a_purchase(self) -> Self:
        """A friend's return takes points back at once, in the order of locks of a return."""
        if not self.when.after:
            return self
        if self.effect not in AFTER_EFFECTS or self.cap_points is not None:
            raise ValueError("points at once or a present, without a purchase")
        if self.effect.is_present and HappeningKind.REFERRAL in self.when.after:
            raise ValueError("points for a friend brought")
        return self

    @model_validator(mode="after")
    def _gives_what_it_names(self) -> Self:
        if self.effect.is_present != (self.present is not None):
            raise ValueError("a present, or points")
        if self.present is None:
            return self
        wanted = frozenset({self.effect} - {RuleEffect.GIFT_CARD})
        if self.present.named != wanted or self.den != 1 or self.cap_points is not None:
            raise ValueError("a present of this effect alone")
        if self.num != 1 and self.effect != RuleEffect.STAMP:
            raise ValueError("one at a time")
        if self.effect == RuleEffect.STAMP and self.num > MOST_STAMPS:
            raise ValueError("fewer stamps")
        return self

    def unit_rial(self, point_rial: int) -> int:
        """Return what one of what it gives is worth."""
        return point_rial if self.present is None else self.present.worth_rial

    @property
    def is_metered(self) -> bool:
        """Tell whether somebody has to count what it gave before."""
        return self.customer_cap_points is not None or self.budget_rial is not None


class Rate(_Frozen):
    """`num` points for each `den` rial from `minimum_rial` on, at most `cap_points` an order.

    The cap is of the whole order, rules beside the rate included. With `by_line` each line is
    rounded down by itself, not the order once; of rules of one group, and of coupons that exclude
    each other, what is `best_for` the customer counts or for the business's margin.
    """

    num: Annotated[int, Field(strict=True, ge=0, le=_MOST_OF_A_RATE)]
    den: Annotated[int, Field(strict=True, gt=0, le=MAX_RIAL)]
    minimum_rial: Rial = 0
    cap_points: Annotated[int, Field(strict=True, ge=0, le=_MOST_OF_A_RATE)] | None = None
    by_line: Annotated[bool, Field(strict=True)] = False
    best_for: BestFor = BestFor.CUSTOMER


def no_rate(rate: Rate) -> Rate:
    """Return the rate of what is no purchase: nothing, and the best of a group as it says."""
    return Rate(num=0, den=1, best_for=rate.best_for)


class Rules(_Frozen):
    """The rate and the rules beside it, in the order they are judged."""

    rate: Rate
    bonuses: Annotated[tuple[Bonus, ...], Field(max_length=MOST_RULES)] = ()

    def about(self, happened: HappeningKind | None) -> "Rules":
        """Return the rules about a purchase (None), or about what happened: no rate is asked."""
        bonuses = tuple(one for one in self.bonuses if one.when.is_about(happened))
        rate = self.rate if happened is None else no_rate(self.rate)
        return Rules(rate=rate, bonuses=bonuses)

    @property
    def afters(self) -> frozenset[HappeningKind]:
        """Return everything after which a rule gives something."""
        return frozenset(kind for one in self.bonuses for kind in one.when.after)

    @property
    def reads_lines(self) -> bool:
        """Tell whether the lines of a purchase matter to the rate or to a rule."""
        return self.rate.by_line or any(one.when.reads_lines for one in self.bonuses)

    @model_validator(mode="after")
    def _are_told_apart(self) -> Self:
        if len({one.key for one in self.bonuses}) < len(self.bonuses):
            raise ValueError("two rules with one id")
        return self
