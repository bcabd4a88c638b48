"""Testing an account's credentials with a call that changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound
from core.tenancy import acting_for
from payments.enums.accounts import ProbeResult
from payments.models import ProviderAccount
from payments.operations.wire import account_at, keep_call
from payments.providers import Product, product_of
from payments.providers.contract import Account, Evidence, Outcome, Session

# A session nobody ever opened: a provider that knows us says that it does not know this.
_NOBODYS: Final = Session(
    authority="S" + "0" * 35, amount_rial=10_000, reference="vafa-test", number=1
)
_SAID: Final = {
    Outcome.OK: ProbeResult.GOOD,
    Outcome.ALREADY: ProbeResult.GOOD,
    Outcome.PENDING: ProbeResult.GOOD,
    Outcome.MISMATCH: ProbeResult.GOOD,
    Outcome.DECLINED: ProbeResult.REFUSED,
    Outcome.UNKNOWN: ProbeResult.UNCLEAR,
}


@dataclass(frozen=True, slots=True)
class Probed:
    """How a test of credentials went, with the provider's own words."""

    result: ProbeResult
    code: str
    message: str


def probe_account(
    *, business_id: UUID, account_id: UUID, actor: Actor | None, by: str = "", now: datetime
) -> Probed:
    """Call the provider once with an account's credentials; run outside any scope.

    Raises NotFound. What was said is kept like every other word on the wire.
    """
    with acting_for(business_id, durable=True):
        row = ProviderAccount.objects.filter(id=account_id).first()
        if row is None:
            raise NotFound(_("There is no such account."))
        product, account = product_of(row.provider), account_at(row)
    outcome, evidence = _call(product, account)
    probed = Probed(_result(outcome, evidence), evidence.code, evidence.message)
    with acting_for(business_id, durable=True):
        keep_call(
            account_id=account_id,
            attempt_id=None,
            operation="probe",
            outcome=outcome,
            evidence=evidence,
            now=now,
        )
        ProviderAccount.objects.filter(id=account_id).update(
            tested_at=now, test_outcome=probed.result
        )
        record_audit(
            action="provider_account.tested",
            subject=str(account_id),
            data={
                "result": probed.result,
                "code": probed.code,
                **({"by": by} if by else {}),
            },
            actor=actor,
            now=now,
        )
    return probed


def _call(product: Product, account: Account) -> tuple[Outcome, Evidence]:
    """Make the product's own harmless call, or ask its gateway about a session nobody opened."""
    if product.probe is not None:
        return product.probe(account)
    gateway = product.gateway
    if gateway is not None and gateway.capabilities.list_unverified:
        listed = gateway.list_unverified(account)
        return listed.outcome, listed.evidence
    # One that is asked only with what a buyer brought back cannot be asked about nobody.
    able = gateway.capabilities if gateway is not None else None
    if gateway is not None and able is not None and able.inquiry and not able.needs_return:
        asked = gateway.inquire(account, _NOBODYS)
        return asked.outcome, asked.evidence
    return Outcome.PENDING, Evidence(asked={}, code="no_test")


def _result(outcome: Outcome, evidence: Evidence) -> ProbeResult:
    if evidence.code == "no_test":
        return ProbeResult.UNTESTABLE
    if outcome is Outcome.NOT_ATTEMPTED:
        # Refused with an answer is one thing, no answer another.
        heard = evidence.http_status is not None
        return ProbeResult.REFUSED if heard else ProbeResult.UNREACHED
    return _SAID[outcome]
