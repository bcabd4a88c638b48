"""What a promised price costs in parts, on the shop's own credit: whole rials, no interest."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from core.calendar import add_months
from core.money import RIAL_PER_TOMAN
from payments.models import Quote
from payments.queries.instalments.calculator import Due, split
from payments.queries.instalments.credit import credit_terms, offer_to

# What people compare; the most the shop allows is among them whatever it is.
_COMPARED: Final = (2, 3, 4, 6, 9, 12, 18, 24, 36, 48, 60)


@dataclass(frozen=True, kw_only=True, slots=True)
class InParts:
    """One way of paying in parts: something at once, the rest month by month."""

    total_rial: int
    down_rial: int
    parts: tuple[Due, ...]

    @property
    def count(self) -> int:
        """Return the number of months."""
        return len(self.parts)

    @property
    def monthly_rial(self) -> int:
        """Return what all months but the first ask."""
        return self.parts[-1].amount_rial

    @property
    def first_rial(self) -> int:
        """Return what the first month asks; it carries what rounding leaves."""
        return self.parts[0].amount_rial

    @property
    def extra_rial(self) -> int:
        """Return what paying in parts adds to the price."""
        return self.down_rial + sum(part.amount_rial for part in self.parts) - self.total_rial


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnCredit:
    """The shop's own instalments for a price. `sure`: for this customer it would say yes today."""

    total_rial: int
    least_down_rial: int
    most_count: int
    first_due_on: date
    sure: bool

    def way(self, *, count: int, down_rial: int) -> InParts | None:
        """Return one way; None outside what the shop allows."""
        credit = self.total_rial - down_rial
        if not 1 <= count <= self.most_count or credit < count or down_rial < self.least_down_rial:
            return None
        parts = split(credit, count, self.first_due_on)
        return InParts(total_rial=self.total_rial, down_rial=down_rial, parts=parts)

    def compared(self, down_rial: int) -> list[InParts]:
        """Return the ways people compare, the shortest first."""
        counts = sorted({*(n for n in _COMPARED if n < self.most_count), self.most_count})
        ways = [self.way(count=count, down_rial=down_rial) for count in counts]
        return [way for way in ways if way is not None]


def own_credit(quote: Quote, *, today: date) -> OwnCredit | None:
    """Return how a price could be paid in parts; None where the shop would not lend it.

    Of somebody the shop does not know yet only its general terms can be told.
    """
    terms = credit_terms()
    if quote.customer_id is not None:
        limit = offer_to(quote.customer_id, today=today).limit_rial
    elif quote.mobile:
        limit = terms.newcomer_rial if terms.lends_without_history else 0
    else:
        limit = terms.most_customer_rial
    limit = min(limit, terms.most_total_rial - terms.owed_rial)
    if not terms.is_on or limit <= 0:
        return None
    total = quote.amount_rial
    # Typed and shown in toman: no odd rial.
    least_down = _up_to_toman(max(-(-total * terms.down_percent // 100), total - limit, 0))
    if least_down >= total:
        return None
    return OwnCredit(
        total_rial=total,
        least_down_rial=least_down,
        most_count=terms.most_count,
        first_due_on=add_months(today, 1),
        sure=quote.customer_id is not None,
    )


def _up_to_toman(rial: int) -> int:
    return -(-rial // RIAL_PER_TOMAN) * RIAL_PER_TOMAN
