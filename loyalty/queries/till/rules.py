"""What a business allows at its tills."""

from uuid import UUID

from loyalty.models import Reward, TillRules
from loyalty.queries.programme import program


def till_rules() -> TillRules:
    """Return the active business's rules of the till, the defaults where it has none."""
    return TillRules.objects.first() or TillRules()


def needs_code(worth_rial: int) -> bool:
    """Tell whether spending so much needs the customer's one-time code."""
    least = till_rules().code_from_rial
    return least is not None and worth_rial >= least


def worth_of(points: int | None, reward_id: UUID | None) -> int:
    """Return what points, or a reward, are worth in rial; 0 for what is not offered."""
    if reward_id is not None:
        worths = Reward.objects.filter(id=reward_id).values_list("value_rial", flat=True)
        return worths.first() or 0
    current = program()
    return (points or 0) * current.unit_value_rial if current else 0
