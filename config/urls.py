"""Every address of the product."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from config.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    # Failures are counted and the second factor asked for at one door only.
    path("admin/login/", secure_admin_login(admin.site.login)),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("api/v1/", include("businesses.api.urls")),
    path("api/v1/", include("customers.api.urls")),
    path("api/v1/", include("payments.api.urls")),
    path("api/v1/", include("feedback.api.urls")),
    path("api/v1/", include("loyalty.api.urls")),
    path("api/v1/", include("segmentation.api.urls")),
    path("api/v1/", include("campaigns.api.urls")),
    path("api/v1/", include("webhooks.api.urls")),
    path("", include("payments.web.urls")),
    path("", include("feedback.web.urls")),
    path("", include("loyalty.web.urls")),
    path("", include("dashboard.urls")),
]

handler404 = "core.api.problems.no_such_address"
handler500 = "core.api.problems.fault_of_ours"
