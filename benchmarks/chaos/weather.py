"""Faults for the bank to act out: each strikes one call in so many, then the next one is due."""

from collections.abc import Iterable
from itertools import cycle
from typing import Final

import httpx

from benchmarks.chaos.plan import FAULTY_OF_HUNDRED, Plan

_TENFOLD_OF_HUNDRED: Final = 2
_LOST_OF_HUNDRED: Final = 6
_ON_THE_WAY: Final = ("transfer_fails", "transfer_bounces")
# The bank reads the whole queue for every call, so only a few stand in it at a time.
_WAITING: Final = 40


class Weather:
    """Keeps the bank's queue of faults filled while it is bad; `end` makes it fine."""

    def __init__(self, bank: httpx.Client, plan: Plan) -> None:
        self._bank = bank
        self._coming = cycle(plan.faults)

    def begin(self, names: Iterable[str], *, wallets: Iterable[str]) -> None:
        """Let the bank sometimes take ten times the sum, of shops known by these names.

        And let some of what leaves a wallet never arrive, or come back a day later.
        """
        for wallet in wallets:
            for fault in _ON_THE_WAY:
                self._order(
                    operation="transfer",
                    fault=fault,
                    percent=_LOST_OF_HUNDRED,
                    times=10**6,
                    merchant=wallet.removeprefix("merchant:"),
                )
        for name in names:
            self._order(
                operation="pay",
                fault="amount_tenfold",
                percent=_TENFOLD_OF_HUNDRED,
                times=10**6,
                merchant=name,
            )
        self.keep_bad()

    def keep_bad(self) -> None:
        """Order faults until enough of them wait."""
        told = self._bank.get("/control/faults").raise_for_status().json()
        waiting = sum(one["operation"] == "*" for one in told["queue"])
        for _missing in range(_WAITING - waiting):
            fault, code = next(self._coming)
            more = {} if code is None else {"code": code}
            self._order(operation="*", fault=fault, percent=FAULTY_OF_HUNDRED, **more)

    def end(self) -> None:
        """Order no more, and drop what still waits."""
        self._bank.delete("/control/faults").raise_for_status()

    def _order(self, **order: object) -> None:
        self._bank.post("/control/faults", json=order).raise_for_status()
