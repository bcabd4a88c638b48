"""Addresses of the pages."""

from django.urls import include, path

from dashboard.web import (
    books,
    campaigns,
    cases,
    customer,
    customers,
    developers,
    entry,
    feedback,
    home,
    imports,
    links,
    payments,
    preferences,
    purchases,
    segments,
    settings,
    till,
)

app_name = "dashboard"

_business = [
    path("", entry.enter, name="enter"),
    path("today/", home.home, name="home"),
    path("purchases/", purchases.purchases, name="purchases"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<uuid:customer_id>/", customer.customer, name="customer"),
    path("payments/", payments.payments, name="payments"),
    path("payments/<uuid:payment_id>/", payments.payment, name="payment"),
    path("payments/<uuid:payment_id>/reverse/", payments.reverse, name="payment-reverse"),
    path("payment-links/", links.payment_links, name="payment-links"),
    path("payment-links/<uuid:payment_link_id>/", links.payment_link, name="payment-link"),
    path(
        "payment-links/<uuid:payment_link_id>/close/",
        links.link_close,
        name="payment-link-close",
    ),
    path("checkouts/", links.checkouts, name="checkouts"),
    path("books/", books.books, name="books"),
    path("books/journal/", books.journal, name="journal"),
    path("books/journal.csv", books.journal_csv, name="journal-csv"),
    path("books/month/", books.month, name="books-month"),
    path("books/reports/", books.reconciliations, name="reconciliations"),
    path("books/reports/<uuid:reconciliation_id>/", books.reconciliation, name="reconciliation"),
    path(
        "books/differences/<uuid:reconciliation_line_id>/resolve/",
        books.resolve_difference,
        name="difference-resolve",
    ),
    path("till/", till.till, name="till"),
    path("till/customer/", till.till_customer, name="till-customer"),
    path("till/receipts/<uuid:purchase_id>/", till.receipt, name="receipt"),
    path("segments/", segments.segments, name="segments"),
    path("segments/<slug:key>/", segments.segment, name="segment"),
    path("opinions/", feedback.feedback, name="feedback"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<uuid:case_id>/resolve/", cases.resolve, name="case-resolve"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="campaign-new"),
    path("campaigns/estimate/", campaigns.estimated, name="campaign-estimate"),
    path("campaigns/<uuid:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<uuid:campaign_id>/send/", campaigns.send, name="campaign-send"),
    path("import/", imports.imports, name="imports"),
    path("import/<uuid:job_id>/", imports.one_import, name="import"),
    path("import/<uuid:job_id>/refused.csv", imports.refused_rows, name="import-errors"),
    path("developers/", developers.developers, name="developers"),
    path("settings/", settings.settings, name="settings"),
]

urlpatterns = [
    path("", entry.front, name="front"),
    path("signup/", entry.signup, name="signup"),
    path("found/", entry.found, name="found"),
    path("theme/", preferences.choose_theme, name="theme"),
    path("b/<slug:slug>/", include(_business)),
]
