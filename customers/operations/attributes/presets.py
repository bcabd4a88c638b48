"""What a trade usually wants to know of its customers (capabilities C016 and C090)."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Final

from businesses.enums import Vertical
from core.tenancy import operation
from customers.enums import AttributeKind, AttributePrivacy
from customers.models import AttributeDefinition
from customers.operations.attributes.define import Listed, NewAttribute

_ITEM: Final = NewAttribute(
    key="favourite_item",
    kind=AttributeKind.TEXT,
    title_fa="کالای دلخواه",
    title_en="Favourite item",
    privacy=AttributePrivacy.PLAIN,
    learned_from="item",
)
_TIME: Final = NewAttribute(
    key="usual_time",
    kind=AttributeKind.CHOICE,
    title_fa="وقت خرید",
    title_en="Usual time",
    privacy=AttributePrivacy.PLAIN,
    learned_from="daypart",
    choices=(
        Listed(code="morning", fa="صبح", en="morning"),
        Listed(code="noon", fa="ظهر", en="noon"),
        Listed(code="afternoon", fa="عصر", en="afternoon"),
        Listed(code="evening", fa="شب", en="evening"),
        Listed(code="night", fa="نیمه‌شب", en="late night"),
    ),
)
_SPEND: Final = NewAttribute(
    key="usual_spend",
    kind=AttributeKind.NUMBER,
    title_fa="خرید معمول، از (تومان)",
    title_en="Usual spend, from (toman)",
    privacy=AttributePrivacy.PLAIN,
    learned_from="spend",
)
_CHILD_BORN: Final = NewAttribute(
    key="child_birth_month",
    kind=AttributeKind.MONTH,
    title_fa="ماه تولد کودک",
    title_en="Child's month of birth",
    learned_from="line.child_age",
)
_PRESETS: Final[Mapping[str, tuple[NewAttribute, ...]]] = {
    Vertical.CAFE: (
        NewAttribute(
            key="favourite_table",
            kind=AttributeKind.TEXT,
            title_fa="میز همیشگی",
            title_en="Usual table",
            privacy=AttributePrivacy.PLAIN,
            learned_from="line.table",
        ),
        _ITEM,
        _TIME,
        _SPEND,
    ),
    Vertical.CLOTHING: (
        NewAttribute(
            key="size",
            kind=AttributeKind.TEXT,
            title_fa="سایز",
            title_en="Size",
            privacy=AttributePrivacy.PLAIN,
            learned_from="line.size",
        ),
        NewAttribute(
            key="favourite_colour",
            kind=AttributeKind.TEXT,
            title_fa="رنگ دلخواه",
            title_en="Favourite colour",
            privacy=AttributePrivacy.PLAIN,
            learned_from="line.color",
        ),
        _TIME,
        NewAttribute(
            key="has_child",
            kind=AttributeKind.YES_NO,
            title_fa="فرزند دارد",
            title_en="Has a child",
            privacy=AttributePrivacy.SENSITIVE,
            learned_from="child_goods",
        ),
        _ITEM,
        _SPEND,
    ),
    Vertical.TOYS: (
        _CHILD_BORN,
        NewAttribute(
            key="child_taste",
            kind=AttributeKind.TEXT,
            title_fa="سلیقهٔ کودک",
            title_en="Child's taste",
            privacy=AttributePrivacy.PLAIN,
            learned_from="category",
        ),
        NewAttribute(
            key="child_gender",
            kind=AttributeKind.CHOICE,
            title_fa="دختر یا پسر",
            title_en="Girl or boy",
            learned_from="line.child_gender",
            choices=(
                Listed(code="girl", fa="دختر", en="girl"),
                Listed(code="boy", fa="پسر", en="boy"),
            ),
        ),
        NewAttribute(
            key="child_birthday",
            kind=AttributeKind.DAY,
            title_fa="روز تولد کودک",
            title_en="Child's birthday",
        ),
    ),
    Vertical.OTHER: (_ITEM, _TIME, _SPEND),
}


@operation
def lay_out_preset(*, vertical: str, now: datetime) -> int:
    """Define what a trade usually wants to know and is not there yet; return how many that were.

    What is there stays as it is, whatever was made of it.
    """
    before = AttributeDefinition.objects.count()
    AttributeDefinition.objects.bulk_create(
        [
            AttributeDefinition(created_at=now, **asdict(one) | {"choices": _stored(one)})
            for one in _PRESETS[Vertical(vertical)]
        ],
        ignore_conflicts=True,
    )
    return AttributeDefinition.objects.count() - before


def _stored(one: NewAttribute) -> list[dict[str, str]]:
    return [asdict(listed) for listed in one.choices]
