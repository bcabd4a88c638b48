"""The day of a client: purchases that were verified in it, from the list of purchases.

The list is cut by when purchases were created; one is verified at most fifteen minutes later. It
tells no day of a reversal or refund, so it is whole of payments only.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from payments.providers.contract import (
    Account,
    DayReport,
    Evidence,
    LineKind,
    Outcome,
    ReportLine,
    WireUnit,
)
from payments.providers.jibit.line import Json, Said, Service, ask
from payments.providers.values import first_object, text, whole

_PAGE_ROWS: Final = 250
_PAGES: Final = 20
# The time to verify, and as much again for clocks that differ.
_BEFORE: Final = timedelta(minutes=30)
# What was verified, whatever became of it later.
_VERIFIED: Final = ("SUCCESS", "MANUALLY_SUCCESS", "REVERSED")


class PpgReports:
    """Purchases verified in a span, page after page; each list one request at a time."""

    reported: ClassVar[frozenset[LineKind]] = frozenset({LineKind.PAYMENT})
    service: ClassVar[Service]

    def day_report(self, account: Account, since: datetime, until: datetime) -> DayReport:
        """List what was verified in [since, until); a list that is cut or unclear is UNKNOWN."""
        lines: list[ReportLine] = []
        evidence = Evidence(asked={})
        for state in _VERIFIED:
            for page in range(1, _PAGES + 1):
                said = self._page(account, state, page, (since - _BEFORE, until))
                evidence = said.evidence
                rows = said.body.get("elements")
                if said.outcome is not Outcome.OK or not isinstance(rows, list):
                    failed = said.outcome if said.outcome is not Outcome.OK else Outcome.UNKNOWN
                    return DayReport(outcome=failed, evidence=evidence)
                found = [_line(first_object(row)) for row in rows]
                if None in found:
                    return DayReport(outcome=Outcome.UNKNOWN, evidence=evidence)
                lines += [one for one in found if one is not None and since <= one.at < until]
                if said.body.get("hasNext") is not True:
                    break
            else:
                # More than the last page the provider shows: the list is not whole.
                return DayReport(outcome=Outcome.UNKNOWN, evidence=evidence)
        return DayReport(outcome=Outcome.OK, evidence=evidence, lines=tuple(lines))

    def _page(
        self, account: Account, state: str, page: int, span: tuple[datetime, datetime]
    ) -> Said:
        query = {
            "status": state,
            "from": _instant(span[0]),
            "to": _instant(span[1]),
            "page": str(page),
            "size": str(_PAGE_ROWS),
        }
        return ask(account, self.service, ("GET", "/v3/purchases"), {}, query=query)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(row: Json) -> ReportLine | None:
    """Read one purchase; None when anything a comparison needs is missing."""
    reference = text(row.get("purchaseIdStr")) or text(row.get("purchaseId"))
    amount, at = taken(row), _moment(text(row.get("verifiedAt")))
    if not reference or amount is None or at is None:
        return None
    fees = [whole(row.get(name)) for name in ("fee", "shaparakFee")]
    return ReportLine(
        kind=LineKind.PAYMENT,
        reference=reference,
        amount_rial=amount,
        at=at,
        fee_rial=sum(fee or 0 for fee in fees),
        provider_ref=text(row.get("pspRrn")),
    )


def taken(row: Mapping[str, Any]) -> int | None:
    """Return what the payer paid: the amount, and a wage on top of it."""
    amount = whole(row.get("amount"))
    in_rial = text(row.get("currency")) in {"", WireUnit.IRR.value}
    return amount + (whole(row.get("wage")) or 0) if amount is not None and in_rial else None


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
