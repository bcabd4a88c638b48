"""Addresses under /api/v1/."""

from django.urls import URLPattern, path

from customers.api.attributes import (
    AttributeDefinitionItem,
    AttributeDefinitions,
    AttributeVersions,
    CustomerAttributes,
)
from customers.api.codes import CustomerCodeCheck, CustomerCodes
from customers.api.context import ContextFieldItem, ContextFields, ContextPreset
from customers.api.growth import CohortReport, SalesBridgeReport
from customers.api.identities import CustomerIdentities, CustomerIdentityUnlinking
from customers.api.imports import (
    ImportCancellation,
    ImportColumns,
    ImportErrors,
    ImportItem,
    Imports,
    ImportStart,
)
from customers.api.lead_sources import LeadFunnel, LeadSourceItem, LeadSources
from customers.api.leads import LeadFollowUps, LeadItem, Leads
from customers.api.merging import (
    Merges,
    MergeSuggestions,
    MergeUndo,
    SuggestionAccept,
    SuggestionRefuse,
)
from customers.api.own_page import CustomerPageLink
from customers.api.people import CustomerItem, CustomerLookup, Customers, CustomerTimeline
from customers.api.privacy import (
    ErasureConfirm,
    Erasures,
    ErasureWithdraw,
    PersonData,
    ProfileViews,
)
from customers.api.purchases import PurchaseBatch, PurchaseItem, PurchaseReturns, Purchases
from customers.api.tastes import CustomerDrift, CustomerTastes

urlpatterns: list[URLPattern] = [
    path("imports", Imports.as_view(), name="api-imports"),
    path("imports/<uuid:import_job_id>", ImportItem.as_view(), name="api-import"),
    path(
        "imports/<uuid:import_job_id>/columns", ImportColumns.as_view(), name="api-import-columns"
    ),
    path("imports/<uuid:import_job_id>/start", ImportStart.as_view(), name="api-import-start"),
    path(
        "imports/<uuid:import_job_id>/cancel",
        ImportCancellation.as_view(),
        name="api-import-cancel",
    ),
    path("imports/<uuid:import_job_id>/errors", ImportErrors.as_view(), name="api-import-errors"),
    path("purchases", Purchases.as_view(), name="api-purchases"),
    path("purchases/batch", PurchaseBatch.as_view(), name="api-purchase-batch"),
    path("purchases/<uuid:purchase_id>", PurchaseItem.as_view(), name="api-purchase"),
    path(
        "purchases/<uuid:purchase_id>/returns",
        PurchaseReturns.as_view(),
        name="api-purchase-returns",
    ),
    path("customers", Customers.as_view(), name="api-customers"),
    path("customers/lookup", CustomerLookup.as_view(), name="api-customer-lookup"),
    path("customers/merge-suggestions", MergeSuggestions.as_view(), name="api-merge-suggestions"),
    path(
        "customers/merge-suggestions/<uuid:merge_suggestion_id>/accept",
        SuggestionAccept.as_view(),
        name="api-merge-suggestion-accept",
    ),
    path(
        "customers/merge-suggestions/<uuid:merge_suggestion_id>/refuse",
        SuggestionRefuse.as_view(),
        name="api-merge-suggestion-refuse",
    ),
    path("customers/merges", Merges.as_view(), name="api-merges"),
    path(
        "customers/merges/<uuid:customer_merge_id>/undo",
        MergeUndo.as_view(),
        name="api-merge-undo",
    ),
    path("leads", Leads.as_view(), name="api-leads"),
    path("leads/<uuid:lead_id>", LeadItem.as_view(), name="api-lead"),
    path("leads/<uuid:lead_id>/follow-ups", LeadFollowUps.as_view(), name="api-lead-follow-ups"),
    path("lead-sources", LeadSources.as_view(), name="api-lead-sources"),
    path("lead-sources/<uuid:lead_source_id>", LeadSourceItem.as_view(), name="api-lead-source"),
    path("reports/cohorts", CohortReport.as_view(), name="api-cohorts"),
    path("reports/sales-bridge", SalesBridgeReport.as_view(), name="api-sales-bridge"),
    path("reports/leads", LeadFunnel.as_view(), name="api-lead-funnel"),
    path("customers/views", ProfileViews.as_view(), name="api-profile-views"),
    path(
        "customers/erasures/<uuid:erasure_id>/confirm",
        ErasureConfirm.as_view(),
        name="api-erasure-confirm",
    ),
    path(
        "customers/erasures/<uuid:erasure_id>/withdraw",
        ErasureWithdraw.as_view(),
        name="api-erasure-withdraw",
    ),
    path(
        "attribute-definitions",
        AttributeDefinitions.as_view(),
        name="api-attribute-definitions",
    ),
    path(
        "attribute-definitions/<uuid:attribute_definition_id>",
        AttributeDefinitionItem.as_view(),
        name="api-attribute-definition",
    ),
    path("context-fields", ContextFields.as_view(), name="api-context-fields"),
    path("context-fields/preset", ContextPreset.as_view(), name="api-context-preset"),
    path(
        "context-fields/<uuid:context_field_id>",
        ContextFieldItem.as_view(),
        name="api-context-field",
    ),
    path(
        "customers/<uuid:customer_id>/tastes",
        CustomerTastes.as_view(),
        name="api-customer-tastes",
    ),
    path(
        "customers/<uuid:customer_id>/drift",
        CustomerDrift.as_view(),
        name="api-customer-drift",
    ),
    path(
        "customers/<uuid:customer_id>/attributes",
        CustomerAttributes.as_view(),
        name="api-customer-attributes",
    ),
    path(
        "customers/<uuid:customer_id>/attributes/versions",
        AttributeVersions.as_view(),
        name="api-attribute-versions",
    ),
    path("customers/<uuid:customer_id>", CustomerItem.as_view(), name="api-customer"),
    path(
        "customers/<uuid:customer_id>/identities",
        CustomerIdentities.as_view(),
        name="api-customer-identities",
    ),
    path(
        "customers/<uuid:customer_id>/identities/<uuid:customer_identity_id>/unlink",
        CustomerIdentityUnlinking.as_view(),
        name="api-customer-identity-unlink",
    ),
    path(
        "customers/<uuid:customer_id>/page-link",
        CustomerPageLink.as_view(),
        name="api-page-link",
    ),
    path("customers/<uuid:customer_id>/codes", CustomerCodes.as_view(), name="api-customer-codes"),
    path(
        "customers/<uuid:customer_id>/codes/check",
        CustomerCodeCheck.as_view(),
        name="api-customer-code-check",
    ),
    path(
        "customers/<uuid:customer_id>/timeline",
        CustomerTimeline.as_view(),
        name="api-customer-timeline",
    ),
    path(
        "customers/<uuid:customer_id>/personal-data",
        PersonData.as_view(),
        name="api-person-data",
    ),
    path("customers/<uuid:customer_id>/erasures", Erasures.as_view(), name="api-erasures"),
]
