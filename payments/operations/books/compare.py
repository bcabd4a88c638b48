"""Comparing two lists of money movements; no database, no clock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from payments.enums.books import Comparison, ReportKind
from payments.providers.contract import ReportLine
from payments.queries.books.ours import OurRow


@dataclass(frozen=True, slots=True)
class Compared:
    """A pair, or one side alone."""

    kind: ReportKind
    result: Comparison
    ours: OurRow | None
    theirs: ReportLine | None

    @property
    def reference(self) -> str:
        """Return what the provider calls it; ours where it is silent."""
        if self.theirs is not None:
            return self.theirs.reference
        return min(self.ours.references, default=str(self.ours.source_id)) if self.ours else ""


def compare(
    ours: Iterable[OurRow], theirs: Sequence[ReportLine], elsewhere: Iterable[OurRow] = ()
) -> list[Compared]:
    """Pair each of their lines with one of ours by kind and token; say what is left over.

    Where a token names several of ours (refunds of one payment), the same amount decides.

    `elsewhere` are our rows of other days: they may answer a line of theirs (a payment at
    midnight), but their absence from this day's report says nothing.
    """
    today = list(ours)
    waiting: defaultdict[tuple[str, str], list[OurRow]] = defaultdict(list)
    for row in (*today, *elsewhere):
        for reference in row.references:
            waiting[row.kind, reference].append(row)
    used: set[object] = set()
    found = [_pair(line, waiting, used) for line in theirs if _moves(line)]
    alone = [row for row in today if (row.kind, row.source_id) not in used]
    return found + [Compared(row.kind, Comparison.MISSING, row, None) for row in alone]


def _moves(line: ReportLine) -> bool:
    return ReportKind(line.kind) in {ReportKind.PAYMENT, ReportKind.REFUND}


def _pair(
    line: ReportLine, waiting: Mapping[tuple[str, str], list[OurRow]], used: set[object]
) -> Compared:
    kind = ReportKind(line.kind)
    names = filter(None, (line.reference, line.provider_ref))
    called = (row for name in names for row in waiting.get((kind, name), ()))
    free = [row for row in called if (kind, row.source_id) not in used]
    if not free:
        return Compared(kind, Comparison.EXTRA, None, line)
    row = next((row for row in free if row.amount_rial == line.amount_rial), free[0])
    used.add((kind, row.source_id))
    same = row.amount_rial == line.amount_rial
    return Compared(kind, Comparison.MATCHED if same else Comparison.AMOUNT_DIFF, row, line)
