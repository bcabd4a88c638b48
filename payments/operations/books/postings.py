"""Posting what only a provider's report tells: fees, and money that reached the bank.

A fact that is told again is posted no second time; one told differently is corrected by the
difference, never overwritten.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from payments.enums.books import BookAccount, ReportKind
from payments.models import MoneyEntry
from payments.operations.books.compare import Compared
from payments.operations.journal import Place, post_money
from payments.providers.contract import ReportLine

_Fact = tuple[str, UUID]


def post_report(
    account_id: UUID, compared: Sequence[Compared], lines: Sequence[ReportLine], now: datetime
) -> None:
    """Bring the books to what a report says, the account's row being locked."""
    facts = _fees(account_id, compared) | _movements(account_id, lines)
    posted, times = _posted(facts)
    for (kind, source_id), target in facts.items():
        before = posted[kind, source_id]
        places = {*target, *before}
        change = {place: target.get(place, 0) - before.get(place, 0) for place in places}
        if any(change.values()):
            n = times[kind, source_id]
            name = kind if n == 0 else f"{kind}_{n + 1}"
            post_money(kind=name, source_id=source_id, lines=change, now=now)


def _fees(account_id: UUID, compared: Iterable[Compared]) -> dict[_Fact, dict[Place, int]]:
    return {
        ("provider_fee", one.ours.source_id): _fee(
            account_id, one.theirs.fee_rial - one.ours.fee_rial
        )
        for one in compared
        if one.ours and one.theirs and one.kind is ReportKind.PAYMENT
    }


def _movements(account_id: UUID, lines: Iterable[ReportLine]) -> dict[_Fact, dict[Place, int]]:
    facts: dict[_Fact, dict[Place, int]] = {}
    for line in lines:
        kind = ReportKind(line.kind)
        source_id = uuid5(account_id, f"{kind} {line.reference}")
        if kind is ReportKind.SETTLEMENT:
            facts["settlement", source_id] = {
                (BookAccount.BANK, ""): line.amount_rial,
                (BookAccount.PROVIDER, str(account_id)): -line.amount_rial,
            }
        elif kind is ReportKind.FEE:
            facts["fee", source_id] = _fee(account_id, line.amount_rial)
    return facts


def _fee(account_id: UUID, amount_rial: int) -> dict[Place, int]:
    return {
        (BookAccount.FEES, ""): amount_rial,
        (BookAccount.PROVIDER, str(account_id)): -amount_rial,
    }


def _posted(
    facts: Mapping[_Fact, object],
) -> tuple[defaultdict[_Fact, dict[Place, int]], Counter[_Fact]]:
    """Return what stands in the books for each fact, and in how many postings."""
    sums: defaultdict[_Fact, dict[Place, int]] = defaultdict(dict)
    postings: defaultdict[_Fact, set[str]] = defaultdict(set)
    known = {source_id: kind for kind, source_id in facts}
    rows = MoneyEntry.objects.filter(source_id__in=list(known))
    for row in rows:
        kind = known[row.source_id]
        if row.kind == kind or row.kind.startswith(f"{kind}_"):
            place = (BookAccount(row.account), row.party)
            sums[kind, row.source_id][place] = (
                sums[kind, row.source_id].get(place, 0) + row.amount_rial
            )
            postings[kind, row.source_id].add(row.kind)
    return sums, Counter({fact: len(kinds) for fact, kinds in postings.items()})
