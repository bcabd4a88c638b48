"""Public addresses: no login, and a limit on how often anybody may try codes."""

from typing import Final

from django.urls import URLPattern, path

from core.api.limits import limited
from loyalty.web.gift_card import gift_card
from loyalty.web.referral import referral, referral_qr

# All the customers of a business share its address; codes have seventy random bits.
_TRIES: Final = 60

urlpatterns: list[URLPattern] = [
    path("r/<str:token>/", limited(referral, token_per_minute=_TRIES), name="referral"),
    path("r/<str:token>/qr.svg", limited(referral_qr, token_per_minute=_TRIES), name="referral-qr"),
    path("g/<str:token>/", limited(gift_card, token_per_minute=_TRIES), name="gift-card-balance"),
]
