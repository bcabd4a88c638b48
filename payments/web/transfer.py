"""The buyer's page for paying by transfer: where to, with which identifier, here by when."""

import io
from dataclasses import dataclass
from typing import Any, Final

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import Problem
from core.tenancy import acting_for
from payments.enums import PaymentState
from payments.models import AmountSignature
from payments.models.tokens import business_of_token
from payments.operations.deposits import may_transfer, offer_transfer
from payments.queries import payment_by_pay_token
from payments.queries.deposits import Transfer, transfer_of
from payments.queries.rails import Rail
from payments.web.pages import Shown, find

_RAILS: Final = {
    Rail.PAYA: gettext_lazy("PAYA"),
    Rail.SATNA: gettext_lazy("SATNA"),
    Rail.POL: gettext_lazy("POL (instant)"),
    Rail.INTERNAL: gettext_lazy("Between accounts of one bank"),
}
_GROUP: Final = 4


@never_cache
@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, token: str) -> HttpResponse:
    """Show where to transfer; a POST asks for the identifier, and by card for a sum of its own."""
    shown = find(token)
    if shown is None:
        raise Http404
    if shown.payment.state not in {PaymentState.CREATED, PaymentState.PROCESSING}:
        return redirect("payments:receipt", token=token)
    if request.method == "POST" and not _offered(token, request.POST.get("by") == "card"):
        return redirect("payments:pay", token=token)
    if request.method == "POST":
        return redirect("payments:transfer", token=token)
    now = timezone.now()
    with acting_for(shown.business.id):
        found = transfer_of(shown.payment, now)
    with timezone.override(shown.business.timezone):
        return render(request, "payments/transfer.html", _context(shown, found))


def _offered(token: str, by_card: bool) -> bool:  # noqa: FBT001 - read from a form
    business_id = business_of_token(token)
    if business_id is None:
        raise Http404
    now = timezone.now()
    with acting_for(business_id):
        payment = payment_by_pay_token(token)
        if payment is None:
            raise Http404
        if by_card and not may_transfer(amount_rial=payment.amount_rial, now=now)[1]:
            return False
        try:
            return offer_transfer(payment_id=payment.id, by_card=by_card, now=now)
        except Problem:
            return False


def _context(shown: Shown, found: Transfer | None) -> dict[str, Any]:
    context: dict[str, Any] = {"shop": shown.business, "payment": shown.payment, "ready": False}
    if found is None:
        return context
    return context | {
        "ready": True,
        "lent": found.lent,
        "copies": _card_lines(found.lent) if found.lent else _lines(found),
        "code": _drawn(f"{found.iban}\n{found.digits}"),
        "ways": [
            {"label": _RAILS[way.rail], "at": way.arrives_at}
            for way in found.ways
            if way.rail in _RAILS
        ],
    }


@dataclass(frozen=True, slots=True)
class Line:
    """A label and its text in parts; a copied one is read in groups and copied without gaps."""

    label: str
    parts: list[str]
    copied: bool


def _lines(found: Transfer) -> list[Line]:
    lines = [
        _copied(_("Deposit identifier"), found.digits),
        _copied(_("IBAN"), found.iban),
        Line(_("Account owner"), [found.owner], copied=False),
        Line(_("Bank"), [found.bank], copied=False),
    ]
    return [line for line in lines if any(line.parts)]


def _card_lines(lent: AmountSignature) -> list[Line]:
    """The card is that of the account the sum was lent on, whichever the identifier is of."""
    lines = [
        _copied(_("Card"), lent.account.card),
        Line(_("Sum, rial"), [str(lent.amount_rial)], copied=True),
        Line(_("Card owner"), [lent.account.owner], copied=False),
    ]
    return [line for line in lines if any(line.parts)]


def _copied(label: str, text: str) -> Line:
    parts = [text[place : place + _GROUP] for place in range(0, len(text), _GROUP)]
    return Line(label, parts, copied=True)


def _drawn(text: str) -> SafeString:
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", border=2, xmldecl=False, svgns=False, omitsize=True
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - drawn here from digits
