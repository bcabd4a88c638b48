"""Sealing the ledger: what was written since the last seal is chained to it (N20).

No sale waits for this: entries are chained afterwards, in batches, by whoever comes first.
"""

from datetime import datetime
from typing import Final

from core.ids import new_id
from core.tenancy import operation
from loyalty.models import LedgerSeal
from loyalty.queries.chain import FIRST, digest_of
from loyalty.queries.seals import entry_document, last_seal, unsealed

BATCH: Final = 1_000


@operation
def seal_ledger(*, now: datetime, thorough: bool = False) -> int:
    """Seal one batch of the active business's entries; return how many, 0 when all are sealed.

    `thorough` looks through the whole ledger for what no seal holds, as an export does.
    Of two at once the number lets one through; the other finds nothing to do.
    """
    last = last_seal()  # before the entries: a seal made in between then takes our number
    entries = unsealed(BATCH, thorough=thorough)
    if not entries:
        return 0
    number = last.number + 1 if last else 1
    previous = last.digest if last else FIRST
    latest = entries[-1].at
    seal = LedgerSeal(
        id=new_id(),
        number=number,
        entries=[entry.id for entry in entries],
        previous=previous,
        digest=digest_of(previous, number, [entry_document(entry) for entry in entries]),
        until_at=max(latest, last.until_at) if last else latest,
        sealed_at=now,
    )
    LedgerSeal.objects.bulk_create([seal], ignore_conflicts=True)
    return len(entries) if LedgerSeal.objects.filter(id=seal.id).exists() else 0
