"""The business's accounts at providers over HTTP. Credentials go in and never come out."""

from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from payments.api.bodies import Body
from payments.enums import Provider
from payments.models import ProviderAccount
from payments.operations import (
    add_account,
    adjust_account,
    probe_account,
    replace_credentials,
    set_account_active,
)
from payments.operations.accounts import MAX_RIAL
from payments.providers import PRODUCTS, Product
from payments.queries.accounts import account_by_id, account_rows

Credentials = dict[str, Annotated[str, Field(max_length=4000)]]
Limit = Annotated[int | None, Field(gt=0, le=MAX_RIAL)]

# What a member of the API is called in our books.
_TERMS: Final = {
    "title": "title",
    "priority": "priority",
    "daily_cap": "daily_cap_rial",
    "min_amount": "min_rial",
    "max_amount": "max_rial",
    "fee_bp": "fee_bp",
    "fee_fixed": "fee_fixed_rial",
    "fee_max": "fee_max_rial",
    "unverified": "unverified",
    "verify_minutes": "verify_minutes",
}


class CredentialFieldOut(BaseModel):
    """One credential a product is opened with."""

    name: str
    required: bool
    secret: bool


class ProviderOut(BaseModel):
    """A product that can be connected."""

    provider: str
    name: str
    credentials: list[CredentialFieldOut]


class ProvidersOut(BaseModel):
    """Every product there is."""

    data: list[ProviderOut]


class ProviderAccountIn(Body):
    """A new account, last in the order. `sandbox` is by default what the API key is."""

    provider: str = Field(max_length=40)
    credentials: Credentials
    title: str = Field(default="", max_length=100)
    sandbox: bool | None = None


class ProviderAccountPatch(Body):
    """What to change; what is not named stays. Amounts in rial, null takes a limit away.

    The lowest `priority` is tried first. `fee_bp` is in hundredths of a percent. `unverified` says
    what becomes of money nobody confirms ("": as the provider does).
    """

    title: str = Field(default="", max_length=100)
    priority: int = Field(default=100, ge=0, le=10_000)
    daily_cap: Limit = None
    min_amount: Limit = None
    max_amount: Limit = None
    fee_bp: int = Field(default=0, ge=0, le=10_000)
    fee_fixed: int = Field(default=0, ge=0, le=MAX_RIAL)
    fee_max: int | None = Field(default=None, ge=0, le=MAX_RIAL)
    unverified: Literal["", "auto_return", "kept", "auto_final"] = ""
    verify_minutes: int | None = Field(default=None, gt=0, le=10_000)

    def changes(self) -> dict[str, Any]:
        """Return what was named, as the operation calls it."""
        return {_TERMS[name]: getattr(self, name) for name in self.model_fields_set}


class CredentialsIn(Body):
    """New credentials; what is left out or empty keeps its value."""

    credentials: Credentials


class ProviderAccountOut(BaseModel):
    """An account. `hint` is the end of its first credential; no more of them is ever shown."""

    id: UUID
    provider: str
    title: str
    hint: str
    families: list[str]
    is_active: bool
    sandbox: bool
    priority: int
    daily_cap: int | None
    min_amount: int | None
    max_amount: int | None
    fee_bp: int
    fee_fixed: int
    fee_max: int | None
    unverified: str
    verify_minutes: int | None
    failures_in_a_row: int
    paused_until: AwareDatetime | None
    last_failure_at: AwareDatetime | None
    last_error: str
    tested_at: AwareDatetime | None
    test_result: str
    created_at: AwareDatetime


class ProviderAccountsOut(BaseModel):
    """A page of accounts, newest first."""

    data: list[ProviderAccountOut]
    next_cursor: str | None


class CredentialsTestOut(BaseModel):
    """How a test went: good, refused, unreached, unclear or untestable; the provider's words."""

    result: str
    code: str
    message: str


class Providers(Endpoint):
    """GET the products that can be connected, and what opens each."""

    scopes: ClassVar = {"GET": Scope.ACCOUNTS_READ}
    answer: ClassVar = {"GET": ProvidersOut}

    def get(self, call: Call) -> Reply:
        """Return every product."""
        return Reply(ProvidersOut(data=[_product(one) for one in PRODUCTS.values()]).model_dump())


class ProviderAccounts(Endpoint):
    """POST an account, GET those there are."""

    scopes: ClassVar = {"POST": Scope.ACCOUNTS_WRITE, "GET": Scope.ACCOUNTS_READ}
    filters: ClassVar = {**FILTERS}
    body: ClassVar = {"POST": ProviderAccountIn}
    answer: ClassVar = {"POST": ProviderAccountOut, "GET": ProviderAccountsOut}
    answer_status: ClassVar = {"POST": 201}
    key_required: ClassVar = True

    def post(self, call: Call, body: ProviderAccountIn) -> Reply:
        """Connect an account."""
        account_id = add_account(
            provider=body.provider,
            credentials=body.credentials,
            title=body.title,
            is_sandbox=call.is_test if body.sandbox is None else body.sandbox,
            actor=None,
            by=_by(call),
            now=call.now,
        )
        return Reply(_one(account_id), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List accounts, newest first."""
        found = page(
            account_rows(),
            by="created_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_account(row) for row in found.rows]
        return Reply(ProviderAccountsOut(data=rows, next_cursor=found.next_cursor).model_dump())


class ProviderAccountItem(Endpoint):
    """GET an account, PATCH its name, order, limits, tariff and manner."""

    scopes: ClassVar = {"GET": Scope.ACCOUNTS_READ, "PATCH": Scope.ACCOUNTS_WRITE}
    body: ClassVar = {"PATCH": ProviderAccountPatch}
    answer: ClassVar = {"GET": ProviderAccountOut, "PATCH": ProviderAccountOut}

    def get(self, call: Call, provider_account_id: UUID) -> Reply:
        """Return the account."""
        return Reply(_one(provider_account_id))

    def patch(self, call: Call, body: ProviderAccountPatch, provider_account_id: UUID) -> Reply:
        """Change what was named."""
        adjust_account(
            account_id=provider_account_id,
            changes=body.changes(),
            actor=None,
            by=_by(call),
            now=call.now,
        )
        return Reply(_one(provider_account_id))


class ProviderAccountCredentials(Endpoint):
    """POST new credentials."""

    scopes: ClassVar = {"POST": Scope.ACCOUNTS_WRITE}
    body: ClassVar = {"POST": CredentialsIn}
    answer: ClassVar = {"POST": ProviderAccountOut}

    def post(self, call: Call, body: CredentialsIn, provider_account_id: UUID) -> Reply:
        """Change what the account is opened with."""
        replace_credentials(
            account_id=provider_account_id,
            credentials=body.credentials,
            actor=None,
            by=_by(call),
            now=call.now,
        )
        return Reply(_one(provider_account_id))


class ProviderAccountTest(Endpoint):
    """POST asks the provider whether it knows the credentials; nothing changes there."""

    scopes: ClassVar = {"POST": Scope.ACCOUNTS_WRITE}
    answer: ClassVar = {"POST": CredentialsTestOut}
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, provider_account_id: UUID) -> Reply:
        """Test the credentials."""
        probed = probe_account(
            business_id=call.business_id,
            account_id=provider_account_id,
            actor=None,
            by=_by(call),
            now=call.now,
        )
        told = CredentialsTestOut(result=probed.result, code=probed.code, message=probed.message)
        return Reply(told.model_dump())


class ProviderAccountSwitchOn(Endpoint):
    """POST takes an account into use."""

    scopes: ClassVar = {"POST": Scope.ACCOUNTS_WRITE}
    answer: ClassVar = {"POST": ProviderAccountOut}

    def post(self, call: Call, provider_account_id: UUID) -> Reply:
        """Enable the account; a second call changes nothing."""
        return _switched(call, provider_account_id, active=True)


class ProviderAccountSwitchOff(Endpoint):
    """POST takes an account out of use; tries under way go on with it."""

    scopes: ClassVar = {"POST": Scope.ACCOUNTS_WRITE}
    answer: ClassVar = {"POST": ProviderAccountOut}

    def post(self, call: Call, provider_account_id: UUID) -> Reply:
        """Disable the account; a second call changes nothing."""
        return _switched(call, provider_account_id, active=False)


def _switched(call: Call, account_id: UUID, *, active: bool) -> Reply:
    set_account_active(account_id=account_id, active=active, actor=None, by=_by(call), now=call.now)
    return Reply(_one(account_id))


def _by(call: Call) -> str:
    return f"api_key:{call.key_id}"


def _one(account_id: UUID) -> dict[str, Any]:
    row = account_by_id(account_id)
    if row is None:
        raise NotFound(_("There is no such account."))
    return _account(row).model_dump()


def _account(row: ProviderAccount) -> ProviderAccountOut:
    return ProviderAccountOut(
        id=row.id,
        provider=row.provider,
        hint=row.hint,
        families=row.families,
        is_active=row.is_active,
        sandbox=row.is_sandbox,
        failures_in_a_row=row.failures,
        paused_until=row.paused_until,
        last_failure_at=row.failed_at,
        last_error=row.failure,
        tested_at=row.tested_at,
        test_result=row.test_outcome,
        created_at=row.created_at,
        **{name: getattr(row, column) for name, column in _TERMS.items()},
    )


def _product(product: Product) -> ProviderOut:
    return ProviderOut(
        provider=product.name,
        name=str(Provider(product.name).label),
        credentials=[
            CredentialFieldOut(name=one.name, required=one.required, secret=one.secret)
            for one in product.fields
        ],
    )
