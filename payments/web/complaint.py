"""A buyer says on their receipt that something is wrong: it becomes a case, once a payment."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.tenancy import acting_for
from core.text import normalise
from customers.enums import CaseKind
from customers.operations import open_case
from customers.queries.sales import purchase_by_id
from payments.enums import PaymentState
from payments.models import Payment
from payments.queries import is_machine_number
from payments.web.pages import find

_MOST: Final = 1000
# The receipt's address says so when nothing was written.
BLANK: Final = "blank"
_COMPLAINABLE: Final = (PaymentState.SETTLED, PaymentState.NEEDS_REVIEW, PaymentState.REVERSED)


@never_cache
@require_POST
def complain(request: HttpRequest, token: str) -> HttpResponse:
    """Open a case about this payment; saying it again adds nothing."""
    shown = find(token)
    if shown is None or shown.payment.state not in _COMPLAINABLE:
        raise Http404
    text = normalise(request.POST.get("text", "").replace("\x00", ""))[:_MOST]
    if not text:
        receipt = reverse("payments:receipt", args=[token])
        return redirect(f"{receipt}?{BLANK}=1#complaint-text")
    with acting_for(shown.business.id):
        purchase_id = shown.payment.purchase_id
        purchase = purchase_by_id(purchase_id) if purchase_id else None
        open_case(
            kind=CaseKind.COMPLAINT,
            title=_("About payment %(number)s") % {"number": _called(shown.payment)},
            detail=text,
            customer_id=purchase.customer_id if purchase else None,
            source_ref=f"payment:{shown.payment.id}",
            now=timezone.now(),
        )
    messages.success(request, _("Thank you; the shop will look into it."))
    return redirect("payments:receipt", token=token)


def _called(payment: Payment) -> str:
    """Return the shop's own number of a payment, or what it is for when the number is ours."""
    machine = is_machine_number(payment.external_id)
    return (machine and payment.description) or payment.external_id
