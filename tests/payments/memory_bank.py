"""Banks in memory that speak the contract: with or without inquiries, settlement and lists."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from payments.providers import PRODUCTS
from payments.providers.contract import (
    CallbackClaim,
    Capabilities,
    Confirmation,
    Evidence,
    Field,
    Host,
    Inquiry,
    Opened,
    Outcome,
    Redirect,
    Reversed,
    Settled,
    Standing,
    Unverified,
    UnverifiedList,
    UnverifiedRow,
)
from payments.providers.product import Product
from payments.providers.zarinpal import Zarinpal

WINDOW = timedelta(minutes=30)
FAULTS = ["unheard_done", "unheard_not_done", "refused"]

ASKS = Zarinpal.capabilities
# Like Behpardakht: settled apart, known only by what the return brings.
SETTLES = replace(
    ASKS,
    list_unverified=False,
    needs_settle=True,
    needs_return=True,
    unverified=Unverified.AUTO_RETURN,
    verify_window=WINDOW,
)
# Like Saman: no inquiries at all.
MUTE = replace(SETTLES, inquiry=False, needs_settle=False, reference_once=True)
KINDS = {"zarinpal": ASKS, "mellat": SETTLES, "sep": MUTE}


@dataclass
class Held:
    """A session as the bank knows it."""

    amount: int
    callback_url: str
    standing: Standing = Standing.AT_BANK
    paid_at: datetime | None = None
    reference: str = ""
    settled: bool = False


@dataclass
class Bank:
    """A bank that tells the truth and sometimes mumbles; `faults` are used up one a call."""

    name: str = Zarinpal.name
    capabilities: Capabilities = ASKS
    sessions: dict[str, Held] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    # Operations that fail whatever happens, with the fault.
    broken: dict[str, str] = field(default_factory=dict)
    # What inquiries say was taken; and whether a confirmation says it.
    told_rial: int | None = None
    confirms_sum: bool = True

    version: ClassVar = "test"

    def malformed(self, credentials):
        return ""

    def redirect(self, account, authority):
        return Redirect(url=f"http://bank.test/{authority}")

    def parse_callback(self, params):
        return CallbackClaim(
            authority=params["a"],
            claims_success=params["s"] == "OK",
            references={"ref": params["r"]} if params.get("r") else {},
        )

    def returns(self, authority: str, *, success: bool = True) -> dict[str, str]:
        """Return what the browser brings back."""
        named = {"r": f"ref-{authority}"} if success else {}
        return {"a": authority, "s": "OK" if success else "NOK", **named}

    def _muffled(self, operation, act):
        """Carry a call out, or not, and say what the caller hears (None: the true answer)."""
        self.said.append(operation)
        fault = self.broken.get(operation) or (self.faults.pop(0) if self.faults else "")
        if fault == "refused":
            return None, Outcome.NOT_ATTEMPTED
        truth = act() if fault != "unheard_not_done" else None
        return truth, Outcome.UNKNOWN if fault else None

    def request(self, account, asked):
        authority = f"{self.name[0].upper()}{len(self.sessions):035}"

        def act():
            self.sessions[authority] = Held(asked.amount_rial, asked.callback_url)
            return authority

        truth, muffled = self._muffled("request", act)
        known = truth if muffled is None else ""
        return Opened(outcome=muffled or Outcome.OK, evidence=_NOTHING, authority=known)

    def confirm(self, account, session):
        held = self._of(session)

        def act():
            if held is None:
                return Outcome.DECLINED
            if held.standing is Standing.CONFIRMED:
                return Outcome.ALREADY
            if held.standing is not Standing.PAID_UNCONFIRMED:
                return Outcome.DECLINED
            if held.amount != session.amount_rial:
                return Outcome.MISMATCH
            held.standing = Standing.CONFIRMED
            held.reference = f"ref-{session.authority}"
            return Outcome.OK

        truth, muffled = self._muffled("confirm", act)
        outcome = muffled or truth
        told = outcome in {Outcome.OK, Outcome.ALREADY}
        return Confirmation(
            outcome=outcome,
            evidence=_NOTHING,
            amount_rial=held.amount if held and told and self.confirms_sum else None,
            provider_ref=held.reference if held and told else None,
            card_hash="card" if told else "",
        )

    def settle(self, account, session):
        held = self._of(session)

        def act():
            if held is None or held.standing is not Standing.CONFIRMED:
                return Outcome.DECLINED
            before, held.settled = held.settled, True
            return Outcome.ALREADY if before else Outcome.OK

        truth, muffled = self._muffled("settle", act)
        return Settled(outcome=muffled or truth, evidence=_NOTHING)

    def inquire(self, account, session):
        if not self.capabilities.inquiry:
            return Inquiry(outcome=Outcome.NOT_ATTEMPTED, evidence=_NOTHING)
        held = self._of(session)
        truth, muffled = self._muffled(
            "inquire", lambda: held.standing if held else Standing.NOT_FOUND
        )
        if muffled:
            return Inquiry(outcome=muffled, evidence=_NOTHING)
        return Inquiry(
            outcome=Outcome.OK, evidence=_NOTHING, standing=truth, amount_rial=self.told_rial
        )

    def list_unverified(self, account):
        rows, muffled = self._muffled(
            "list",
            lambda: tuple(
                UnverifiedRow(authority=a, amount_rial=h.amount, callback_url=h.callback_url)
                for a, h in self.sessions.items()
                if h.standing is Standing.PAID_UNCONFIRMED
            ),
        )
        told = () if muffled else rows
        return UnverifiedList(outcome=muffled or Outcome.OK, evidence=_NOTHING, rows=told)

    def reverse(self, account, session):
        held = self._of(session)

        def act():
            if held is not None and held.standing is Standing.RETURNED:
                return Outcome.ALREADY
            if held is None or held.standing is not Standing.CONFIRMED:
                return Outcome.UNKNOWN
            held.standing = Standing.RETURNED
            return Outcome.OK

        truth, muffled = self._muffled("reverse", act)
        return Reversed(outcome=muffled or truth, evidence=_NOTHING)

    def pay(self, authority, now, *, works=True) -> None:
        """Let the buyer pay, or fail to."""
        held = self.sessions[authority]
        if held.standing is Standing.AT_BANK:
            held.standing = Standing.PAID_UNCONFIRMED if works else Standing.FAILED
            held.paid_at = now

    def pass_time(self, now) -> None:
        """Give back what nobody confirmed, or settled, in the window."""
        for held in self.sessions.values():
            old = held.paid_at is not None and held.paid_at + WINDOW <= now
            unsettled = held.standing is Standing.CONFIRMED and not held.settled
            ours = held.standing is Standing.PAID_UNCONFIRMED or (
                unsettled and self.capabilities.needs_settle
            )
            if ours and old:
                held.standing = Standing.RETURNED

    def is_ours(self, authority) -> bool:
        """Tell whether the business has the session's money."""
        held = self.sessions[authority]
        settled = held.settled or not self.capabilities.needs_settle
        return held.standing is Standing.CONFIRMED and settled

    def _of(self, session) -> Held | None:
        if not self.capabilities.needs_return:
            return self.sessions[session.authority]
        named = session.callback_references.get("ref", "").removeprefix("ref-")
        return self.sessions.get(named)


_NOTHING = Evidence(asked={})


def open_banks(monkeypatch, *names: str) -> dict[str, Bank]:
    """Put a bank in memory in the place of each product's gateway."""
    banks = {name: Bank(name=name, capabilities=KINDS[name]) for name in names}
    for name, bank in banks.items():
        monkeypatch.setitem(PRODUCTS, name, _product(name, bank))
    return banks


def _product(name: str, bank: Any) -> Product:
    return Product(
        name=name,
        version="test",
        fields=(Field(name="merchant_id"),),
        hosts=MappingProxyType({"main": Host(url="http://bank.test", sandbox_path="")}),
        gateway=bank,
    )
