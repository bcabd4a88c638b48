"""Refunds and payouts as the API shows them."""

from typing import Any, Final

from payments.api.refund_bodies import (
    DecisionOut,
    PartOut,
    RefundPreviewOut,
    ReturningLineOut,
    ReturnTermOut,
    TransferOut,
)
from payments.operations.refunds import RefundPreview
from payments.queries.refunds import TransferDetail

_NOT_IN_LISTS: Final = {"decisions", "inquiries", "parts"}


def preview_document(told: RefundPreview) -> dict[str, Any]:
    """Return what a refund would do."""
    back = told.returned
    lines = back.lines if back else ()
    return RefundPreviewOut(
        amount=told.amount_rial,
        left=told.left_rial,
        route=told.route,
        destination=told.destination,
        fee=told.fee_rial,
        expected_at=told.expected_at,
        second_person=told.needs,
        returns=[
            ReturnTermOut(
                categories=list(term.categories),
                days=term.days,
                until=term.until,
                tier=term.tier or None,
            )
            for term in told.terms
        ],
        return_amount=back.amount_rial if back else 0,
        lines=[
            ReturningLineOut(
                position=line.position,
                name=line.name,
                sku=line.sku,
                quantity=line.quantity,
                amount=line.amount_rial,
            )
            for line in lines
        ],
        effects=dict(told.effects),
    ).model_dump()


def transfer_document(detail: TransferDetail, *, short: bool = False) -> dict[str, Any]:
    """Return a refund or payout; `short`: as in lists, without what is read one at a time."""
    row = detail.row
    return TransferOut(
        id=row.id,
        external_id=row.external_id,
        kind=row.kind,
        payment_id=row.payment_id,
        replaces=row.replaces_id,
        status=row.state,
        waiting_for=row.waiting or None,
        route=row.route,
        destination=row.destination,
        amount=row.amount_rial,
        paid=row.paid_rial,
        fee=row.fee_rial,
        reason=row.reason,
        note=row.note,
        provider=row.account.provider if row.account else None,
        reference=row.reference,
        account_ends_with=row.receiver_hint,
        owner_match=row.match or None,
        approvals_needed=row.approvals_needed,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        approved_at=row.approved_at,
        submitted_at=row.submitted_at,
        paid_at=row.paid_at,
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
        expected_at=row.expected_at,
        provider_code=row.last_code,
        provider_message=row.last_message,
        parts=_parts(detail),
        decisions=_decisions(detail),
        inquiries=[one.id for one in detail.inquiries],
    ).model_dump(exclude=_NOT_IN_LISTS if short else set())


def _parts(detail: TransferDetail) -> list[PartOut]:
    return [
        PartOut(
            reference=part.reference,
            amount=part.amount_rial,
            status=part.state,
            paid_at=part.paid_at,
            expected_at=part.expected_at,
        )
        for part in detail.parts
    ]


def _decisions(detail: TransferDetail) -> list[DecisionOut]:
    return [
        DecisionOut(decision=one.decision, by=one.by, note=one.note, at=one.at)
        for one in detail.decisions
    ]
