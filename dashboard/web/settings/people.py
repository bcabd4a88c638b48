"""Places of sale, sellers, and who may sign in."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from businesses.enums import Role
from businesses.operations import add_member, hire_employee, open_branch
from businesses.queries import branches, employees, members_of
from core.errors import Problem
from dashboard.web.access import OWNERS, BusinessRequest
from dashboard.web.forms import Code, Line, mobile_of
from dashboard.web.settings.section import Row, Section


class BranchForm(forms.Form):
    """A place of sale."""

    name = Line(label=_("Name"), max_length=80)
    code = Code(label=_("Code, as your software knows it"), max_length=40)


def _branches() -> list[tuple[Any, Any]]:
    return [("", _("any branch")), *((branch.id, branch.name) for branch in branches())]


class EmployeeForm(BranchForm):
    """Somebody who sells."""

    branch_id = forms.TypedChoiceField(
        label=_("Branch"), choices=_branches, required=False, empty_value=None
    )


class MemberForm(forms.Form):
    """Somebody who may sign in."""

    login = Code(label=_("E-mail or mobile"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.CASHIER)
    password = forms.CharField(
        label=_("First password"),
        required=False,
        help_text=_("Only for somebody who has no login yet; at least ten characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )

    def clean_password(self) -> str:
        """Return the password when it is empty or strong enough."""
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password

    def clean_login(self) -> str:
        """Return an e-mail in lower case or a mobile as E.164."""
        typed: str = self.cleaned_data["login"]
        login = typed.lower() if "@" in typed else mobile_of(typed)
        if login is None:
            raise ValidationError(_("This is neither an e-mail address nor a mobile number."))
        return login


def _open_branch(request: BusinessRequest, data: dict[str, Any]) -> None:
    open_branch(**data, now=request.now)


def _hire(request: BusinessRequest, data: dict[str, Any]) -> None:
    hire_employee(**data, now=request.now)


def _add_member(request: BusinessRequest, data: dict[str, Any]) -> None:
    people = get_user_model().objects
    login = {"email" if "@" in data["login"] else "mobile": data["login"]}
    user = people.filter(**login).first()
    if user is None and not data["password"]:
        raise Problem("unknown_person", _("Nobody has this login yet; give a first password too."))
    user = user or people.create_user(**login, password=data["password"])
    add_member(
        business_id=request.business.id,
        user=user,
        role=data["role"],
        now=request.now,
        by=request.user,
    )


def _branch_rows(_request: BusinessRequest) -> Sequence[Row]:
    return [Row(title=branch.name, detail=branch.code) for branch in branches()]


def _employee_rows(request: BusinessRequest) -> Sequence[Row]:
    return [
        Row(
            title=one.name,
            detail=one.code,
            chip=one.branch.name if one.branch else "",
            href=reverse("dashboard:staff-member", args=[request.business.slug, one.id]),
        )
        for one in employees()
    ]


def _member_rows(request: BusinessRequest) -> Sequence[Row]:
    return [
        Row(
            title=str(member.user),
            detail=member.user.email or member.user.mobile or "",
            chip=str(Role(member.role).label),
            tone="chip-brand" if member.role == Role.OWNER else "",
        )
        for member in members_of(request.business.id)
    ]


BRANCHES: Final = Section(
    key="branches",
    label=_("Branches"),
    title=_("New branch"),
    help=_("Sales, opinions and figures can be told apart by branch."),
    action=_("Add the branch"),
    form=BranchForm,
    save=_open_branch,
    rows_title=_("Branches"),
    rows=_branch_rows,
)
EMPLOYEES: Final = Section(
    key="employees",
    label=_("Employees"),
    title=_("New employee"),
    help=_(
        "A seller whose name goes on purchases; a login is not needed. By their name you say their "
        "mobile and login."
    ),
    action=_("Add the employee"),
    form=EmployeeForm,
    save=_hire,
    rows_title=_("Employees"),
    rows=_employee_rows,
)
MEMBERS: Final = Section(
    key="members",
    label=_("Members"),
    title=_("Let somebody in"),
    help=_("Cashiers see the till and customers, analysts see figures, managers both."),
    action=_("Let them in"),
    form=MemberForm,
    save=_add_member,
    rows_title=_("Members"),
    rows=_member_rows,
    roles=OWNERS,
)
