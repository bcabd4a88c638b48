"""The till page as a browser keeps it, to open it without a network (ADR 56)."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from dashboard.web.access import SELLERS, BusinessRequest, business_page
from dashboard.web.till.forms import SaleForm

_OWN: Final = Path(__file__).resolve().parents[2] / "static"
# Written where a page of somebody's has their token.
_NOTHING: Final = "-"


@business_page(*SELLERS)
def till_worker(request: BusinessRequest) -> HttpResponse:
    """Return the worker's script; other static files make it another script."""
    slug = request.business.slug
    family = f"vafa-till/{slug}/"
    particulars = {
        "cache": family + _version(),
        "family": family,
        "till": reverse("dashboard:till", args=[slug]),
        "kept": reverse("dashboard:till-kept", args=[slug]),
        "files": settings.STATIC_URL,
    }
    context = {"particulars": json.dumps(particulars)}
    answer = render(request, "dashboard/till_worker.js", context, content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@business_page(*SELLERS)
def till_kept(request: BusinessRequest) -> HttpResponse:
    """Return the till before anybody is served: of no customer, for whoever sells here."""
    form = SaleForm(auto_id="id_%s")
    form.initial["sale_id"] = ""
    context = {"form": form, "kept": True, "csrf_token": _NOTHING}
    answer = render(request, "dashboard/till.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _version() -> str:
    named = getattr(staticfiles_storage, "manifest_hash", "")
    return named or _of_own_files()


def _of_own_files() -> str:
    """Return one hash of the product's own files, where they have no hashed names."""
    whole = sha256()
    for path in sorted(_OWN.rglob("*.[cj]s*")):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:12]
