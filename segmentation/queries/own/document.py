"""The rule of a business's own segment: conditions joined by all, any and not."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.money import MAX_RIAL
from customers.enums import CaseKind, Channel
from feedback.enums import SurveyKind
from loyalty.enums.presents import OccasionKind
from segmentation.enums import NamedSegment, Segment
from segmentation.models.fit import TENTHS

DEEPEST: Final = 4
MOST_CONDITIONS: Final = 30
_MOST: Final = 1_000_000_000
_MOST_DAYS: Final = 3_660
_MOST_MONTHS: Final = 120
_MOST_COMING: Final = 180
_PERCENT: Final = 100

Count = Annotated[int, Field(strict=True, ge=0, le=_MOST)]
Whole = Annotated[int, Field(strict=True, ge=-_MOST, le=_MOST)]
Amount = Annotated[int, Field(strict=True, ge=0, le=MAX_RIAL)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1, max_length=50)]
Segments = Annotated[tuple[Segment, ...], Field(min_length=1, max_length=len(Segment))]
Month = Literal["this_month", "last_month", "this_year", "last_year"]
Coming = Literal["this_month", "next_month"]
Hour = Annotated[int, Field(strict=True, ge=0, le=24)]
Weekday = Annotated[int, Field(strict=True, ge=0, le=6)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Ranged(_Frozen):
    """Something counted or measured: from `least` to `most`, both included."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        least, most = getattr(self, "least", None), getattr(self, "most", None)
        if least is None and most is None:
            raise ValueError("a range without ends")
        if least is not None and most is not None and most < least:
            raise ValueError("a range that ends before it begins")
        return self


class _Dated(_Ranged):
    """When: the last so many days or Jalali months, a month or year, or from one day to another.

    Of months this one is the last. Nothing of it: ever.
    """

    days: Annotated[int, Field(strict=True, ge=1, le=_MOST_DAYS)] | None = None
    months: Annotated[int, Field(strict=True, ge=1, le=_MOST_MONTHS)] | None = None
    within: Month | None = None
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _says_when_once(self) -> Self:
        dated = bool(self.since or self.until)
        if sum((bool(self.days), bool(self.months), bool(self.within), dated)) > 1:
            raise ValueError("say when in one way")
        if self.since and self.until and self.until < self.since:
            raise ValueError("days that end before they begin")
        return self


class _OfSales(_Frozen):
    """Which sales are meant: all, or only some.

    `goods` are any of these SKUs, categories or names; `field` with `values` is what a line tells
    (a size, a colour). Weekdays count from Saturday, 0; hours are of the day, `to_hour` not
    included, and may go past midnight. `least_rial` is what one sale came to.
    """

    goods: Texts | None = None
    field: Text | None = None
    values: Texts | None = None
    branch_id: UUID | None = None
    employee_id: UUID | None = None
    channel: Channel | None = None
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] | None = None
    from_hour: Hour | None = None
    to_hour: Hour | None = None
    least_rial: Amount | None = None

    @model_validator(mode="after")
    def _says_things_whole(self) -> Self:
        if (self.field is None) != (self.values is None):
            raise ValueError("a field and its values")
        if (self.from_hour is None) != (self.to_hour is None) or (
            self.from_hour is not None and self.from_hour == self.to_hour
        ):
            raise ValueError("hours begin and end")
        return self


class LastPurchase(_Ranged, _OfSales):
    """How many days ago the last purchase was, of all or of some goods."""

    kind: Literal["last_purchase"]
    least: Count | None = None
    most: Count | None = None


class FirstPurchase(_Ranged, _OfSales):
    """How many days ago the first purchase was: new to the business, or to some goods (C038)."""

    kind: Literal["first_purchase"]
    least: Count | None = None
    most: Count | None = None


class Bought(_Dated, _OfSales):
    """How many times something was bought.

    Purchases are counted as recorded; what came back is a condition of its own.
    """

    kind: Literal["bought"]
    least: Count | None = None
    most: Count | None = None


class Spent(_Dated, _OfSales):
    """For how many rial in all was bought, net of returns; of some goods, for theirs."""

    kind: Literal["spent"]
    least: Amount | None = None
    most: Amount | None = None


class GaveBack(_Dated):
    """How many times goods came back."""

    kind: Literal["gave_back"]
    least: Count | None = None
    most: Count | None = None


class Prefers(_Dated):
    """Of the pieces bought at least `least` percent were of `goods`."""

    kind: Literal["prefers"]
    least: Annotated[int, Field(strict=True, ge=1, le=_PERCENT)]
    goods: Texts


class HasCases(_Dated):
    """How many cases were opened about them, of a kind or any; `open` counts only open ones."""

    kind: Literal["cases"]
    least: Count | None = None
    most: Count | None = None
    case: CaseKind | None = None
    open: bool = False


class Answered(_Dated):
    """The score of their latest answer, of a kind of survey or any."""

    kind: Literal["answered"]
    least: Count | None = None
    most: Count | None = None
    survey: SurveyKind | None = None


class InSegment(_Frozen):
    """In one of the eleven segments now."""

    kind: Literal["segment"]
    segments: Segments


class InNamed(_Frozen):
    """In one of these ready-made segments since last night."""

    kind: Literal["named"]
    named: Annotated[tuple[NamedSegment, ...], Field(min_length=1, max_length=len(NamedSegment))]


class Moved(_Dated):
    """Moved into one of these segments: at least once unless told."""

    kind: Literal["moved"]
    least: Count | None = 1
    most: Count | None = None
    segments: Segments


class Mark(_Ranged):
    """A mark of 1 to 5: of recency, frequency or money; or the retention score, 0 to 100."""

    kind: Literal["mark"]
    mark: Literal["r", "f", "m", "staying"]
    least: Annotated[int, Field(strict=True, ge=0, le=_PERCENT)] | None = None
    most: Annotated[int, Field(strict=True, ge=0, le=_PERCENT)] | None = None


class Fits(_Ranged):
    """How well they suit the business: tenths, 1 the least and 10 the best (C107)."""

    kind: Literal["fit"]
    least: Annotated[int, Field(strict=True, ge=1, le=TENTHS)] | None = None
    most: Annotated[int, Field(strict=True, ge=1, le=TENTHS)] | None = None


class Worth(_Ranged):
    """What a year is expected to bring, in rial."""

    kind: Literal["worth"]
    least: Amount | None = None
    most: Amount | None = None


class Points(_Ranged):
    """Points to spend."""

    kind: Literal["points"]
    least: Whole | None = None
    most: Whole | None = None


class PointsEnding(_Ranged):
    """Points to spend that end within so many days, today being the first."""

    kind: Literal["points_ending"]
    least: Count | None = 1
    most: Count | None = None
    days: Annotated[int, Field(strict=True, ge=1, le=_MOST_DAYS)]


class InTier(_Frozen):
    """In one of these tiers."""

    kind: Literal["tier"]
    tiers: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=50)]


class _Coming(_Frozen):
    """A day of the Jalali year: within this or the next month, or the coming days with today."""

    month: Coming | None = None
    coming_days: Annotated[int, Field(strict=True, ge=1, le=_MOST_COMING)] | None = None


class HasOccasion(_Coming):
    """Has a day of their own, a birthday, a wedding anniversary or another."""

    kind: Literal["occasion"]
    occasion: OccasionKind | None = None

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if (self.month is None) == (self.coming_days is None):
            raise ValueError("a month, or coming days")
        return self


class HasAttribute(_Coming):
    """What an attribute is: one of `values`, a number or an age within, or a day that comes."""

    kind: Literal["attribute"]
    key: Text
    values: Texts | None = None
    least: Whole | None = None
    most: Whole | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        ranged = self.least is not None or self.most is not None
        ways = (self.values, self.month, self.coming_days)
        if ranged + sum(way is not None for way in ways) != 1:
            raise ValueError("values, a range, or when it comes")
        if self.least is not None and self.most is not None and self.most < self.least:
            raise ValueError("a range that ends before it begins")
        return self

    @property
    def comes(self) -> bool:
        """Tell whether it is asked when its day comes."""
        return self.month is not None or self.coming_days is not None


class HasTaste(_Frozen):
    """What their purchases tell of an attribute as their taste: one of `values`."""

    kind: Literal["taste"]
    key: Text
    values: Annotated[tuple[Text, ...], Field(min_length=1, max_length=10)]


class All(_Frozen):
    """All of these hold."""

    kind: Literal["all"]
    of: Annotated[tuple["Rule", ...], Field(min_length=1, max_length=MOST_CONDITIONS)]


class AnyOf(_Frozen):
    """At least one of these holds."""

    kind: Literal["any"]
    of: Annotated[tuple["Rule", ...], Field(min_length=1, max_length=MOST_CONDITIONS)]


class Not(_Frozen):
    """This does not hold."""

    kind: Literal["not"]
    of: "Rule"


Rule = Annotated[
    InSegment | LastPurchase | FirstPurchase | Bought | Spent | GaveBack | Prefers | HasCases
    | Answered | InNamed | Moved | Mark | Fits | Worth | Points | PointsEnding | InTier
    | HasOccasion | HasAttribute | HasTaste | All | AnyOf | Not,
    Field(discriminator="kind"),
]  # fmt: skip
Dated = _Dated
OfSales = _OfSales
Day = _Coming


class Document(_Frozen):
    """A whole rule."""

    rule: Rule

    @model_validator(mode="after")
    def _is_not_endless(self) -> Self:
        if depth(self.rule) > DEEPEST or len(list(leaves(self.rule))) > MOST_CONDITIONS:
            raise ValueError("too deep or too long")
        return self


def leaves(rule: Any) -> Iterator[Any]:
    """Return the conditions of a rule, from left to right."""
    if isinstance(rule, Not):
        yield from leaves(rule.of)
    elif isinstance(rule, All | AnyOf):
        for one in rule.of:
            yield from leaves(one)
    else:
        yield rule


def depth(rule: Any) -> int:
    """Return how many groups lie in each other."""
    if isinstance(rule, Not):
        return depth(rule.of)
    if isinstance(rule, All | AnyOf):
        return 1 + max(depth(one) for one in rule.of)
    return 0
