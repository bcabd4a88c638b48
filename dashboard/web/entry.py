"""The first page, signing up, and the way into a business."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from businesses.operations import sign_up
from businesses.queries import memberships_of
from dashboard.web.access import EVERYONE, BusinessRequest, business_page, refused
from dashboard.web.entry_forms import BusinessForm, SignUpForm
from dashboard.web.navigation import landing


def front(request: HttpRequest) -> HttpResponse:
    """Send members to their business; tell others what this is."""
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


def signup(request: HttpRequest) -> HttpResponse:
    """Open a business for a newcomer: login, business, defaults, signed in."""
    if request.user.is_authenticated:
        return redirect("dashboard:found")
    if request.method == "POST" and not ratelimit.consume(request, action="signup"):
        too_many: HttpResponse = ratelimit.respond_429(request)
        return too_many
    form = SignUpForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form)
    with transaction.atomic():
        user = get_user_model().objects.create_user(**form.account())
        founded = sign_up(
            user=user,
            business_name=form.cleaned_data["business_name"],
            vertical=form.cleaned_data["vertical"],
            now=timezone.now(),
        )
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return _welcome(request, founded.slug)


def found(request: HttpRequest) -> HttpResponse:
    """Open another business for somebody who is signed in."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    form = BusinessForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form)
    founded = sign_up(user=request.user, now=timezone.now(), **form.cleaned_data)
    return _welcome(request, founded.slug)


def _form_page(request: HttpRequest, form: BusinessForm) -> HttpResponse:
    page = render(request, "dashboard/signup.html", {"form": form})
    return refused(page) if form.is_bound else page


def _welcome(request: HttpRequest, slug: str) -> HttpResponse:
    messages.success(request, _("Your business is open. Welcome!"))
    return redirect("dashboard:enter", slug)
