"""Public addresses: no login, no session, no cookie needed."""

from django.urls import path

from payments.web import views

app_name = "payments"
urlpatterns = [
    path("p/<str:token>/", views.pay, name="pay"),
    path("p/<str:token>/receipt/", views.receipt, name="receipt"),
    path("pay/return/<str:token>/", views.callback, name="callback"),
]
