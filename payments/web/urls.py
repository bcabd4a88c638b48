"""Public addresses: no login, no session, no cookie needed."""

from django.urls import path

from payments.web import complaint, links, mandates, plans, transfer, views

app_name = "payments"
urlpatterns = [
    path("p/<str:token>/", views.pay, name="pay"),
    path("p/<str:token>/receipt/", views.receipt, name="receipt"),
    path("p/<str:token>/complaint/", complaint.complain, name="complain"),
    path("l/<str:token>/", links.pay_link, name="link"),
    path("l/<str:token>/qr.svg", links.qr, name="link-qr"),
    path("m/<str:token>/", mandates.mandate, name="mandate"),
    path("m/return/<str:token>/", mandates.signed, name="signed"),
    path("m/event/<str:token>/", mandates.debit_event, name="debit-event"),
    path("i/<str:token>/", plans.plan, name="plan"),
    path("i/<str:token>/pay/<int:number>/", plans.pay_part, name="plan-pay"),
    path("pay/return/<str:token>/", views.callback, name="callback"),
    path("p/<str:token>/transfer/", transfer.transfer, name="transfer"),
    path("pay/deposit/<str:token>/", views.deposit_event, name="deposit-event"),
]
