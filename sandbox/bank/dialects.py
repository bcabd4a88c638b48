"""What the bank must know of the providers that stand before it. `app.py` lists them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.bank.notices import Notice
from sandbox.bank.payments import Payment
from sandbox.bank.transfers import Transfer
from sandbox.bank.ways import Way


def _nothing(_moved: object) -> None:
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """One provider, by the `psp` of the payments it opens.

    `way_back` says how the browser returns (None: it stays); whether the buyer paid is
    `payment.was_paid`. `notice` is the message to the shop's server, where there is one.
    `transfer_notice` is its like for a refund or payout that moved.
    `verify_seconds`: how long paid money waits for its verify; None: as the settings say.
    """

    psp: str
    way_back: Callable[[Payment], Way | None]
    notice: Callable[[Payment], Notice | None] = _nothing
    transfer_notice: Callable[[Transfer], Notice | None] = _nothing
    verify_seconds: int | None = None


Dialects = Mapping[str, Dialect]
