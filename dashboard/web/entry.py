"""The first page, and the way from it into a business."""

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from businesses.operations import sign_up
from businesses.queries import memberships_of
from core.errors import Problem
from dashboard.web.access import EVERYONE, BusinessRequest, business_page, refused
from dashboard.web.entry_forms import SignUpForm
from dashboard.web.forms import problem_to_form
from dashboard.web.navigation import landing
from django.db import transaction


def front(request: HttpRequest) -> HttpResponse:
    """Send members to their business, tell others what this is."""
    if not request.user.is_authenticated:
        return render(request, "dashboard/front.html")
    places = memberships_of(request.user.id)
    if not places:
        return redirect("dashboard:found")
    return redirect("dashboard:enter", places[0].business.slug)


@business_page(*EVERYONE)
def enter(request: BusinessRequest) -> HttpResponse:
    """Send a member to the page their role starts at."""
    return redirect(f"dashboard:{landing(request.role)}", request.business.slug)
