"""Public addresses: no login, and a limit on how often anybody may try codes."""

from typing import Final

from django.urls import URLPattern, path

from core.api.limits import limited
from loyalty.web.claim import claim
from loyalty.web.gift_card import gift_card
from loyalty.web.lead import lead_page, lead_page_qr
from loyalty.web.own import (
    appeal,
    come_back,
    dispute,
    history,
    leave,
    link,
    own,
    own_code_to_pass_on,
    own_membership,
    own_purchases,
    preferences,
    qr,
    sign_out,
)
from loyalty.web.referral import referral, referral_qr

# All the customers of a business share its address; codes have seventy random bits.
_TRIES: Final = 60
# Codes to a mobile are counted in the database; here all the visitors of a business are.
_VISITS: Final = 1_200

urlpatterns: list[URLPattern] = [
    path("r/<str:token>/", limited(referral, token_per_minute=_TRIES), name="referral"),
    path("r/<str:token>/qr.svg", limited(referral_qr, token_per_minute=_TRIES), name="referral-qr"),
    path("w/<str:token>/", limited(lead_page, token_per_minute=_TRIES), name="lead-page"),
    path(
        "w/<str:token>/qr.svg", limited(lead_page_qr, token_per_minute=_TRIES), name="lead-page-qr"
    ),
    path("g/<str:token>/", limited(gift_card, token_per_minute=_TRIES), name="gift-card-balance"),
    path("c/<str:token>/", limited(own, token_per_minute=_VISITS), name="own-page"),
    path("c/<str:token>/history/", limited(history, token_per_minute=_VISITS), name="own-history"),
    path("c/<str:token>/code/", limited(qr, token_per_minute=_VISITS), name="own-code"),
    path(
        "c/<str:token>/preferences/",
        limited(preferences, token_per_minute=_VISITS),
        name="own-preferences",
    ),
    path(
        "c/<str:token>/friends/",
        limited(own_code_to_pass_on, token_per_minute=_TRIES),
        name="own-friends",
    ),
    path("c/<str:token>/leave/", limited(leave, token_per_minute=_VISITS), name="own-leave"),
    path(
        "c/<str:token>/membership/",
        limited(own_membership, token_per_minute=_VISITS),
        name="own-membership",
    ),
    path("c/<str:token>/appeal/", limited(appeal, token_per_minute=_TRIES), name="own-appeal"),
    path(
        "c/<str:token>/purchases/",
        limited(own_purchases, token_per_minute=_VISITS),
        name="own-purchases",
    ),
    path("c/<str:token>/dispute/", limited(dispute, token_per_minute=_TRIES), name="own-dispute"),
    path("c/<str:token>/back/", limited(come_back, token_per_minute=_VISITS), name="own-back"),
    path("c/<str:token>/out/", limited(sign_out, token_per_minute=_VISITS), name="own-out"),
    path("k/<str:token>/", limited(claim, token_per_minute=20), name="claim-points"),
    path("me/<str:token>/", limited(link), name="own-link"),
]
