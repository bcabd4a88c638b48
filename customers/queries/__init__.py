"""Reading customers, purchases, cases and imports."""

from customers.queries.cases import case_rows, open_case_count
from customers.queries.imports import import_errors, import_errors_csv, import_job, import_jobs
from customers.queries.people import (
    CustomerView,
    customer_count,
    customer_rows,
    customer_view,
    customer_views,
    find_customer,
    identities_of,
    latest_customers,
    view_of,
)
from customers.queries.sales import (
    PurchaseDetail,
    lines_of,
    purchase_by_id,
    purchase_detail,
    purchase_rows,
)
from customers.queries.timeline import Moment, timeline

__all__ = [
    "CustomerView",
    "Moment",
    "PurchaseDetail",
    "case_rows",
    "customer_count",
    "customer_rows",
    "customer_view",
    "customer_views",
    "find_customer",
    "identities_of",
    "import_errors",
    "import_errors_csv",
    "import_job",
    "import_jobs",
    "latest_customers",
    "lines_of",
    "open_case_count",
    "purchase_by_id",
    "purchase_detail",
    "purchase_rows",
    "timeline",
    "view_of",
]
