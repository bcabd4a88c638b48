"""A provider of direct debit in memory, with the truth about every account and every fault."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from payments.providers import Product
from payments.providers.contract import (
    Account,
    Banks,
    DebitAnswer,
    DebitBank,
    DebitCapabilities,
    DebitOrder,
    DebitStanding,
    Evidence,
    Failure,
    Host,
    MandateAnswer,
    MandateClaim,
    MandateOpened,
    MandateRequest,
    MandateStanding,
    Outcome,
    Redirect,
    Retries,
    SignedMandate,
    WireUnit,
)

SECRET = "the-right-to-debit"


class Killed(BaseException):
    """The process died here."""


@dataclass
class Taken:
    """One movement of money as the bank knows it."""

    key: str
    amount_rial: int
    reference: str
    standing: DebitStanding = DebitStanding.DONE
    failure: Failure | None = None


@dataclass
class FakeBank:
    """What the bank knows, and what it shall do next."""

    balance: int = 1_000_000_000
    mandates: dict[str, str] = field(default_factory=dict)
    debits: dict[str, Taken] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    killed_at: str = ""
    provider_tries: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def collected(self) -> list[Taken]:
        """Return what was really taken and not given back."""
        return [one for one in self.debits.values() if one.standing is DebitStanding.DONE]

    def taken_rial(self) -> int:
        return sum(one.amount_rial for one in self.collected())

    def fault(self) -> str:
        """Return the next ordered fault, or ""."""
        return self.faults.pop(0) if self.faults else ""

    def die_at(self, place: str) -> None:
        if self.killed_at == place:
            self.killed_at = ""
            raise Killed(place)


def said(outcome: Outcome, code: str = "") -> dict[str, Any]:
    return {"outcome": outcome, "evidence": Evidence(asked={"secret": "•"}, code=code)}


class FakeDebits:
    """The adapter over a FakeBank; `sort` is how the provider behaves."""

    version: ClassVar[str] = "fake.1"
    debits: ClassVar[DebitCapabilities]

    def __init__(self, bank: FakeBank, **changes: Any) -> None:
        self.bank = bank
        usual: dict[str, Any] = {
            "retries": Retries.PLATFORM,
            "confirm_within": timedelta(minutes=20),
            "mandate_inquiry": False,
            "debit_inquiry": True,
            "cancel_debit": False,
            "idempotent": False,
            "min_expiry": timedelta(days=30),
            "min_rial": 10_000,
            "wire_unit": WireUnit.IRR,
            "finality": timedelta(hours=72),
            "opens_first": True,
            "confirm_unasked": True,
        }
        self.debits = DebitCapabilities(**usual | changes)  # type: ignore[misc]

    def banks(self, account: Account) -> Banks:
        row = DebitBank(bank="056", code="SABCIR", name="سامان", max_day_rial=1_000_000_000)
        return Banks(**said(Outcome.OK), rows=(row,))

    def create_mandate(self, account: Account, asked: MandateRequest) -> MandateOpened:
        if self.bank.fault() == "refused":
            return MandateOpened(**said(Outcome.NOT_ATTEMPTED))
        authority = f"M{uuid4().hex:0>35}"
        self.bank.mandates[authority] = MandateStanding.AWAITING_SIGNATURE
        return MandateOpened(**said(Outcome.OK), authority=authority)

    def mandate_redirect(self, account: Account, authority: str, bank_code: str) -> Redirect:
        return Redirect(url=f"https://bank.test/sign/{authority}/{bank_code}")

    def parse_mandate_callback(self, params: Mapping[str, str]) -> MandateClaim | None:
        authority = params.get("authority", "")
        ok = params.get("status") == "OK"
        return MandateClaim(authority=authority, claims_success=ok) if authority else None

    def confirm_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        self.bank.asked["confirm"] += 1
        fault = self.bank.fault()
        if fault == "silent":
            return MandateAnswer(**said(Outcome.UNKNOWN))
        standing = self.bank.mandates[mandate.authority]
        if standing == MandateStanding.ACTIVE and self.debits.mandate_inquiry:
            return MandateAnswer(**said(Outcome.ALREADY, "422"))
        if standing == MandateStanding.AWAITING_SIGNATURE:
            return MandateAnswer(**said(Outcome.DECLINED, "-51"))
        self.bank.mandates[mandate.authority] = MandateStanding.ACTIVE
        if fault == "silent-done":
            return MandateAnswer(**said(Outcome.UNKNOWN))
        return MandateAnswer(
            **said(Outcome.OK), standing=MandateStanding.ACTIVE, secret=SECRET, mandate_ref="ref-1"
        )

    def inquire_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        if not self.debits.mandate_inquiry:
            return MandateAnswer(**said(Outcome.NOT_ATTEMPTED))
        standing = self.bank.mandates[mandate.authority]
        return MandateAnswer(**said(Outcome.OK), standing=MandateStanding(standing), secret=SECRET)

    def revoke_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        if self.bank.fault() == "silent":
            return MandateAnswer(**said(Outcome.UNKNOWN))
        self.bank.mandates[mandate.authority] = MandateStanding.REVOKED
        return MandateAnswer(**said(Outcome.OK), standing=MandateStanding.REVOKED)

    def prepare_debit(self, account: Account, order: DebitOrder) -> MandateOpened:
        self.bank.die_at("after_intent")
        with self.bank.lock:
            authority = f"A{len(self.bank.sessions) + 1:035}"
            self.bank.sessions[authority] = order.key
        return MandateOpened(**said(Outcome.OK), authority=authority)

    def debit(self, account: Account, order: DebitOrder) -> DebitAnswer:
        if not self.debits.opens_first:
            self.bank.die_at("after_intent")
        with self.bank.lock:
            answer = self._debit(order)
        self.bank.die_at("after_wire")
        return answer

    def _debit(self, order: DebitOrder) -> DebitAnswer:
        bank = self.bank
        bank.asked["debit"] += 1
        fault = bank.fault()
        if fault in {"not-sent", "lost"}:
            never = Outcome.NOT_ATTEMPTED if fault == "not-sent" else Outcome.UNKNOWN
            return DebitAnswer(**said(never))
        if self.debits.idempotent and order.key in bank.debits:
            return DebitAnswer(**said(Outcome.ALREADY, "422"))
        return self._refused(order, fault) or self._taken(order, fault)

    def _refused(self, order: DebitOrder, fault: str) -> DebitAnswer | None:
        why = {"bank-down": Failure.BANK_DOWN, "closed": Failure.ACCOUNT}.get(fault)
        if self.bank.mandates.get(order.mandate.authority) != MandateStanding.ACTIVE:
            why = Failure.MANDATE
        elif self.bank.balance < order.amount_rial:
            why = Failure.NO_FUNDS
        return self._no(why, "01") if why else None

    def _taken(self, order: DebitOrder, fault: str) -> DebitAnswer:
        assert order.mandate.secret == SECRET
        taken = Taken(order.key, order.amount_rial, f"R-{order.key}")
        taken.amount_rial *= 10 if fault == "tenfold" else 1
        if fault == "pending":
            taken.standing = DebitStanding.PENDING
        else:
            self.bank.balance -= taken.amount_rial
        self.bank.debits[order.key] = taken
        return DebitAnswer(**said(Outcome.UNKNOWN)) if fault == "silent" else self._told(taken)

    def _told(self, taken: Taken) -> DebitAnswer:
        pending = taken.standing is DebitStanding.PENDING
        return DebitAnswer(
            **said(Outcome.PENDING if pending else Outcome.OK),
            standing=taken.standing,
            failure=taken.failure,
            reference=taken.reference,
            amount_rial=taken.amount_rial,
            tries=self.bank.provider_tries,
        )

    def _no(self, failure: Failure, code: str) -> DebitAnswer:
        return DebitAnswer(
            **said(Outcome.DECLINED, code), standing=DebitStanding.FAILED, failure=failure
        )

    def inquire_debit(self, account: Account, order: DebitOrder, reference: str) -> DebitAnswer:
        self.bank.asked["inquire"] += 1
        if self.bank.fault() == "silent":
            return DebitAnswer(**said(Outcome.UNKNOWN))
        taken = self.bank.debits.get(order.key)
        if taken is None:
            return DebitAnswer(**said(Outcome.OK), standing=DebitStanding.NOT_FOUND)
        return self._told(taken)

    def cancel_debit(self, account: Account, order: DebitOrder, reference: str) -> DebitAnswer:
        return DebitAnswer(**said(Outcome.OK), standing=DebitStanding.CANCELLED)

    def parse_debit_event(self, body: Mapping[str, str]) -> str:
        return body.get("withdrawal_id", "")


def product(debits: FakeDebits) -> Product:
    """Return a product with this one family."""
    return Product(
        name="vandar",
        version="fake.1",
        fields=(),
        hosts={"main": Host(url="https://bank.test", sandbox_path="")},
        debits=debits,
    )
