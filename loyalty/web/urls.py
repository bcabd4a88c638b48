"""Public addresses: no login, and a limit on how often anybody may try codes."""

from typing import Final

from django.urls import URLPattern, path

from core.api.limits import limited
from loyalty.web.gift_card import gift_card

# All the customers of a business share its address; codes have seventy random bits.
_TRIES: Final = 60

urlpatterns: list[URLPattern] = [
    path("g/<str:token>/", limited(gift_card, token_per_minute=_TRIES), name="gift-card-balance"),
]
