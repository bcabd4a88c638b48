"""Who pays for what is owed, computed anew from the ledger, the rules and the returns alone."""

from collections import Counter, defaultdict
from uuid import UUID

from loyalty.models import FundedPosting, Lot, LotWorth, RulePoints
from loyalty.queries.books import Amounts, Bridge, bridges_by_funder

Parts = dict[tuple[UUID, str], Amounts]


def parts_posted() -> Parts:
    """Return what the books say of each lot and funder."""
    found: dict[tuple[UUID, str], Amounts] = defaultdict(Amounts)
    for row in FundedPosting.objects.all():
        found[row.lot_id, row.funder] += Amounts(row.points, -row.owed_rial)
    return {key: amounts for key, amounts in found.items() if amounts != Amounts()}


def parts_anew() -> Parts:
    """Return what each funder's points that stand come to, of those of the purchase that stand."""
    stands: Counter[tuple[UUID | None, str]] = Counter()
    for row in RulePoints.objects.select_related("rule", "happening"):
        lot_id = row.happening.lot_id if row.happening else row.purchase_id
        stands[lot_id, row.rule.funder] += row.points
    lots = {lot.id: lot for lot in Lot.objects.all()}
    found = {}
    for worth in LotWorth.objects.all():
        lot = lots[worth.lot_id]
        whole = lots[lot.part_of_id or lot.id]
        left = whole.earned_points - whole.reversed_points
        owed = worth.price_rial * lot.remaining_points // lot.earned_points
        for (lot_id, funder), points in stands.items():
            if lot_id == whole.id and funder and points and left:
                found[lot.id, funder] = Amounts(
                    lot.remaining_points * points // left, owed * points // left
                )
    return {key: amounts for key, amounts in found.items() if amounts != Amounts()}


def funders_sum_to(told: Bridge) -> None:
    """Check that the bridges of all funders sum to the whole one, step by step."""
    found = [one.bridge for one in bridges_by_funder(told)]
    if not found:
        return
    assert sum((one.opening for one in found), Amounts()) == told.opening
    assert sum((one.closing for one in found), Amounts()) == told.closing
    steps: dict[str, Amounts] = defaultdict(Amounts)
    for one in found:
        for part in one.parts:
            steps[part.kind] += part.change
    moved = {kind: amounts for kind, amounts in steps.items() if amounts != Amounts()}
    assert moved == {part.kind: part.change for part in told.parts}
