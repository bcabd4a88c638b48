"""Addresses of store credit."""

from django.urls import path

from dashboard.web import store_credit

urlpatterns = [
    path("store-credit/", store_credit.store_credit, name="store-credit"),
    path("store-credit/terms/", store_credit.store_credit_terms, name="store-credit-terms"),
    path(
        "store-credit/<uuid:store_credit_id>/back/",
        store_credit.store_credit_back,
        name="store-credit-back",
    ),
    path(
        "customers/<uuid:customer_id>/store-credit/",
        store_credit.store_credit_fill,
        name="store-credit-fill",
    ),
]
