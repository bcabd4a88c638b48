"""A programme that works from the first sale, fitted to the trade."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from businesses.enums import Vertical
from core.tenancy import operation
from loyalty.models import EarningRule, Program, Reward, Tier
from loyalty.operations.policies import keep_policy

_UNIT_VALUE_RIAL: Final = 1_000
_RIAL_PER_POINT: Final = 100_000
_EXPIRY_MONTHS: Final = 12
_NEGATIVE_CAP: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Preset:
    """Thresholds of the second and third tier; rewards as (name, points, worth in rial)."""

    silver_rial: int
    gold_rial: int
    rewards: tuple[tuple[str, int, int], ...]


# These names are the business's own first data, written in its customers' language.
_TIERS: Final = (("برنزی", 1, 1), ("نقره‌ای", 5, 4), ("طلایی", 3, 2))
_PRESETS: Final = {
    Vertical.CAFE: _Preset(
        30_000_000,
        100_000_000,
        (
            ("یک فنجان اسپرسو", 300, 450_000),
            ("کیک روز", 600, 900_000),
            ("صبحانهٔ دونفره", 2_500, 4_000_000),
        ),
    ),
    Vertical.CLOTHING: _Preset(
        150_000_000,
        500_000_000,
        (
            ("یک جفت جوراب", 500, 700_000),
            ("کارت تخفیف ۳۰۰ هزار تومانی", 2_500, 3_000_000),
            ("تعویض رایگان سایز و دوخت", 800, 1_000_000),
        ),
    ),
    Vertical.TOYS: _Preset(
        100_000_000,
        300_000_000,
        (
            ("یک ماشین کوچک", 400, 600_000),
            ("پازل صد تکه", 1_200, 1_800_000),
            ("کادوپیچ رایگان", 150, 200_000),
        ),
    ),
    Vertical.OTHER: _Preset(
        100_000_000,
        300_000_000,
        (("تخفیف ۵۰ هزار تومانی", 500, 500_000), ("تخفیف ۱۵۰ هزار تومانی", 1_400, 1_500_000)),
    ),
}


@operation
def lay_out_programme(*, business_name: str, vertical: str, now: datetime) -> None:
    """Give the active business its default programme unless it has one."""
    if Program.objects.exists():
        return
    preset = _PRESETS[Vertical(vertical)]
    Program.objects.create(
        name=f"باشگاه مشتریان {business_name}",
        unit_value_rial=_UNIT_VALUE_RIAL,
        expiry_months=_EXPIRY_MONTHS,
        negative_cap_points=_NEGATIVE_CAP,
    )
    EarningRule.objects.create(version=1, points_num=1, points_den=_RIAL_PER_POINT, starts_at=now)
    thresholds = (0, preset.silver_rial, preset.gold_rial)
    Tier.objects.bulk_create(
        Tier(
            name=name,
            position=place,
            threshold_rial=threshold,
            multiplier_num=num,
            multiplier_den=den,
        )
        for place, ((name, num, den), threshold) in enumerate(zip(_TIERS, thresholds, strict=True))
    )
    Reward.objects.bulk_create(
        Reward(name=name, cost_points=points, value_rial=worth)
        for name, points, worth in preset.rewards
    )
    keep_policy(now=now)
