"""What a business connects: one product of a provider, its credentials, hosts and families."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from payments.providers.contract import (
    Account,
    Bnpl,
    Deposits,
    DirectDebit,
    Evidence,
    Field,
    Gateway,
    Host,
    Inquiries,
    Outcome,
    Payouts,
    Refunder,
    Statements,
)

FAMILIES: Final = (
    "gateway",
    "refunds",
    "payouts",
    "deposits",
    "debits",
    "bnpl",
    "inquiries",
)


def _well_formed(_credentials: Mapping[str, str]) -> str:
    return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """An adapter per family; None where the provider has no such service.

    `hosts` begins with the main one. `needs` names the credentials a family asks for beyond the
    required ones. `check` returns the name of an ill-shaped credential, or "". `probe` makes a call
    that changes nothing and shows whether the credentials are good, where the gateway's own
    questions do not show it. `statements` lists what the gateway did, where a provider documents
    such a list.
    """

    name: str
    version: str
    fields: tuple[Field, ...]
    hosts: Mapping[str, Host]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    check: Callable[[Mapping[str, str]], str] = _well_formed
    probe: Callable[[Account], tuple[Outcome, Evidence]] | None = None
    gateway: Gateway | None = None
    refunds: Refunder | None = None
    payouts: Payouts | None = None
    deposits: Deposits | None = None
    debits: DirectDebit | None = None
    bnpl: Bnpl | None = None
    inquiries: Inquiries | None = None
    statements: Statements | None = None

    def malformed(self, credentials: Mapping[str, str]) -> str:
        """Return the name of a missing, unknown or ill-shaped credential; "" when all are well."""
        known = {field.name for field in self.fields}
        if unknown := sorted(set(credentials) - known):
            return unknown[0]
        for one in self.fields:
            if one.required and not credentials.get(one.name, "").strip():
                return one.name
        return self.check(credentials)

    def families(self, credentials: Mapping[str, str]) -> tuple[str, ...]:
        """Return what these credentials open."""
        return tuple(
            family
            for family in FAMILIES
            if getattr(self, family) is not None
            and all(credentials.get(name) for name in self.needs.get(family, ()))
        )
