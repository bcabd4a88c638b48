"""What the lines of a trade usually tell (capability C016)."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Final

from businesses.enums import Vertical
from core.tenancy import operation
from customers.enums import ContextKind
from customers.models import ContextField
from customers.operations.attributes.define import Listed
from customers.operations.context.define import NewContextField
from customers.queries.context import ask_again_for_fields

_SIZE: Final = NewContextField(key="size", kind=ContextKind.TEXT, title_fa="سایز", title_en="Size")
_COLOR: Final = NewContextField(
    key="color", kind=ContextKind.TEXT, title_fa="رنگ", title_en="Colour"
)
_GIFT: Final = NewContextField(
    key="gift", kind=ContextKind.YES_NO, title_fa="برای هدیه", title_en="As a gift"
)
_PRESETS: Final[Mapping[str, tuple[NewContextField, ...]]] = {
    Vertical.CAFE: (
        NewContextField(key="table", kind=ContextKind.TEXT, title_fa="میز", title_en="Table"),
        NewContextField(
            key="menu_item", kind=ContextKind.TEXT, title_fa="قلم منو", title_en="Item of the menu"
        ),
        NewContextField(
            key="daypart",
            kind=ContextKind.CHOICE,
            title_fa="وعده",
            title_en="Meal",
            choices=(
                Listed(code="breakfast", fa="صبحانه", en="breakfast"),
                Listed(code="lunch", fa="ناهار", en="lunch"),
                Listed(code="afternoon", fa="عصرانه", en="afternoon"),
                Listed(code="dinner", fa="شام", en="dinner"),
            ),
        ),
        NewContextField(
            key="guests", kind=ContextKind.NUMBER, title_fa="چند نفر", title_en="Guests"
        ),
        NewContextField(
            key="take_away", kind=ContextKind.YES_NO, title_fa="بیرون‌بر", title_en="Take away"
        ),
        _SIZE,
    ),
    Vertical.CLOTHING: (_SIZE, _COLOR, _GIFT),
    Vertical.TOYS: (
        NewContextField(
            key="child_age",
            kind=ContextKind.NUMBER,
            title_fa="سن کودک",
            title_en="Child's age",
        ),
        NewContextField(
            key="child_gender",
            kind=ContextKind.CHOICE,
            title_fa="دختر یا پسر",
            title_en="Girl or boy",
            choices=(
                Listed(code="girl", fa="دختر", en="girl"),
                Listed(code="boy", fa="پسر", en="boy"),
            ),
        ),
        _GIFT,
    ),
    Vertical.OTHER: (_SIZE, _COLOR),
}


@operation
def lay_out_context(*, vertical: str, now: datetime) -> int:
    """Define what the lines of a trade usually tell and is not there yet; return how many.

    What is there stays as it is, out of use too.
    """
    before = ContextField.objects.count()
    ContextField.objects.bulk_create(
        [
            ContextField(created_at=now, **asdict(one) | {"choices": _stored(one)})
            for one in _PRESETS[Vertical(vertical)]
        ],
        ignore_conflicts=True,
    )
    ask_again_for_fields()
    return ContextField.objects.count() - before


def _stored(one: NewContextField) -> list[dict[str, str]]:
    return [asdict(listed) for listed in one.choices]
