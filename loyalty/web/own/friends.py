"""What a customer passes on to friends, on their own page (C073)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from businesses.enums import Module
from loyalty.operations.referrals import referral_code_for
from loyalty.queries.referrals import code_of, referral_offer
from loyalty.web.own.session import Visit, inside


def passing_on(visit: Visit) -> dict[str, Any] | None:
    """Return the offer and what is passed on, None where friends are not welcome now.

    Two queries. Without a code yet, the page has a button that makes one.
    """
    offer = referral_offer()
    if Module.REFERRALS in visit.shop.modules_off or offer is None or not offer.is_open:
        return None
    code = code_of(visit.customer_id)
    path = reverse("referral", args=[f"{visit.shop.slug}-{code}"]) if code else ""
    return {"offer": offer, "code": code, "link": settings.BASE_URL + path if path else ""}


@require_POST
@inside
def own_code_to_pass_on(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Make the code they pass on; made before, it stays."""
    del request
    if passing_on(visit) is not None:
        referral_code_for(customer_id=visit.customer_id, now=visit.now)
    return redirect("own-page", visit.shop.slug)
