"""One sign: what the rule saw, its rows, and what was said about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.access import OWNERS, BusinessRequest, business_page, refused
from dashboard.web.misuse.rows import sign_rows
from loyalty.queries.suspicions.evidence import MOST, Proof, evidence_of
from loyalty.queries.suspicions.reading import judgements_of, suspicion_by_id
from loyalty.queries.suspicions.tell import no_verdict


@dataclass(frozen=True, kw_only=True)
class ProofRow:
    """A row of evidence, ready to print."""

    at: datetime
    what: str
    amount: str
    note: str
    href: str


@business_page(*OWNERS)
def suspicion(request: BusinessRequest, suspicion_id: UUID) -> HttpResponse:
    """Show a sign."""
    row = suspicion_by_id(suspicion_id)
    if row is None:
        raise Http404
    return show(request, row)


def show(request: BusinessRequest, row: Any, problem: str = "") -> HttpResponse:
    """Show a sign, with what was wrong about the answer given."""
    slug = request.business.slug
    proofs = evidence_of(row)
    context = {
        "sign": sign_rows([row], slug)[0],
        "proofs": [_proof(one, slug) for one in proofs],
        "more": len(proofs) == MOST,
        "judgements": judgements_of(row.id),
        "note": no_verdict(),
        "problem": problem,
        "typed": request.POST.get("reason", ""),
    }
    response = render(request, "dashboard/misuse/suspicion.html", context)
    return refused(response) if problem else response


def _proof(one: Proof, slug: str) -> ProofRow:
    return ProofRow(
        at=one.at,
        what=_("Purchase") if one.purchase_id else _("Customer") if one.customer_id else "",
        amount=" · ".join(_amounts(one)),
        note=one.note,
        href=_href(one, slug),
    )


def _amounts(one: Proof) -> Sequence[str]:
    found = []
    if one.amount_rial is not None:
        found.append(_("%(amount)s toman") % {"amount": words.toman(one.amount_rial)})
    if one.points is not None:
        found.append(_("%(n)s points") % {"n": words.signed(one.points)})
    return found


def _href(one: Proof, slug: str) -> str:
    if one.purchase_id:
        return reverse("dashboard:receipt", args=[slug, one.purchase_id])
    if one.customer_id:
        return reverse("dashboard:customer", args=[slug, one.customer_id])
    return ""
