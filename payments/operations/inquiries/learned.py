"""What an answer teaches: whose, whether it is the one we expect, and whether it will hold."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from core.text import normalise
from payments.models import Inquiry
from payments.models.sealing import seal_of_inquiry
from payments.operations.inquiries.names import best_name
from payments.providers.contract import AccountInfo, Match, Matched, Outcome
from payments.queries.inquiries import Found, found_by

# An answer was given, be it that the question makes no sense.
ANSWERS: Final = frozenset({Outcome.OK, Outcome.ALREADY, Outcome.DECLINED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """An answer understood. `holds`: the bank was sure, so nobody needs to ask again soon."""

    outcome: Outcome
    reason: str
    match: str
    holds: bool
    usable: bool | None = None
    found: Found | None = field(default=None, repr=False)

    @property
    def is_answer(self) -> bool:
        """Whether anybody answered."""
        return self.outcome in ANSWERS


def understood(said: AccountInfo | Matched, expected_name: str) -> Learned:
    """Read an adapter's answer. «We could not learn it» never becomes a no."""
    if isinstance(said, Matched):
        told = said.match if said.outcome in ANSWERS else Match.INDETERMINATE
        return Learned(
            outcome=said.outcome,
            reason=said.reason,
            match=told,
            holds=told is not Match.INDETERMINATE,
        )
    found = Found(
        iban=said.iban,
        bank=said.bank,
        owners=tuple(normalise(f"{one.first_name} {one.last_name}") for one in said.owners),
    )
    return Learned(
        outcome=said.outcome,
        reason=said.reason,
        match=match_of(found, expected_name),
        holds=said.outcome in ANSWERS and (bool(found.owners) or said.usable is False),
        usable=said.usable,
        found=found if found.iban or found.owners else None,
    )


def match_of(found: Found | None, expected_name: str) -> str:
    """Return whether the owner found is the one expected; "" when nobody is expected."""
    if not expected_name:
        return ""
    return best_name(found.owners if found else (), expected_name)


def write_down(row: Inquiry, learned: Learned, *, valid_for: timedelta) -> None:
    """Put what was learned into the row; names and accounts only sealed."""
    row.outcome, row.reason = learned.outcome, learned.reason
    row.match, row.usable = learned.match, learned.usable
    if learned.found is not None:
        row.found = seal_of_inquiry(
            learned.found.to_text(), business_id=row.business_id, inquiry_id=row.id
        )
    if learned.holds and row.checked_at is not None and valid_for:
        row.valid_until = row.checked_at + valid_for


def match_again(row: Inquiry, earlier: Inquiry, expected_name: str) -> None:
    """Compare an earlier answer with who is expected now."""
    found = found_by(earlier)
    row.match = match_of(found, expected_name) if found is not None else earlier.match
