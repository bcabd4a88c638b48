"""Public addresses: no login, no session, no cookie needed, and none without a limit."""

from typing import Final

from django.urls import path

from core.api.limits import limited
from payments.web import complaint, covers, links, mandates, plans, quotes, transfer, views

# A link may hang on a wall; a provider's server calls on behalf of everybody's buyers.
_SHARED: Final = 3_000
_SERVERS: Final = 20
_TRIES: Final = 20

app_name = "payments"
urlpatterns = [
    path("p/<str:token>/", limited(views.pay), name="pay"),
    path("p/<str:token>/receipt/", limited(views.receipt), name="receipt"),
    path(
        "p/<str:token>/complaint/",
        limited(complaint.complain, token_per_minute=10),
        name="complain",
    ),
    # Codes have seventy random bits; a buyer mistypes a few times at most.
    path("p/<str:token>/cover/", limited(covers.cover, token_per_minute=_TRIES), name="cover"),
    path("p/<str:token>/credit/", limited(covers.credit, token_per_minute=10), name="credit"),
    path(
        "p/<str:token>/cover/<uuid:cover_id>/off/",
        limited(covers.uncover, token_per_minute=_TRIES),
        name="uncover",
    ),
    path("p/<str:token>/finish/", limited(covers.finish, token_per_minute=_TRIES), name="finish"),
    path("l/<str:token>/", limited(links.pay_link, token_per_minute=_SHARED), name="link"),
    path("l/<str:token>/qr.svg", limited(links.qr, token_per_minute=_SHARED), name="link-qr"),
    path("q/<str:token>/", limited(quotes.quote), name="quote"),
    path("q/<str:token>/qr.svg", limited(quotes.qr), name="quote-qr"),
    path("m/<str:token>/", limited(mandates.mandate), name="mandate"),
    path("m/<str:token>/qr.svg", limited(mandates.qr), name="mandate-qr"),
    path("m/return/<str:token>/", limited(mandates.signed), name="signed"),
    path("m/event/<str:token>/", limited(mandates.debit_event, crowd=_SERVERS), name="debit-event"),
    path("i/<str:token>/", limited(plans.plan), name="plan"),
    path("i/<str:token>/pay/<int:number>/", limited(plans.pay_part), name="plan-pay"),
    path("i/<str:token>/fee/<int:number>/", limited(plans.pay_fee), name="plan-fee"),
    path("pay/return/<str:token>/", limited(views.callback, crowd=_SERVERS), name="callback"),
    path("p/<str:token>/transfer/", limited(transfer.transfer), name="transfer"),
    path(
        "pay/deposit/<str:token>/",
        limited(views.deposit_event, token_per_minute=_SHARED, crowd=_SERVERS),
        name="deposit-event",
    ),
]
