"""The programme over HTTP: how long points live, what they are worth, who is warned."""

from typing import Annotated, ClassVar

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field

from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from loyalty.api.bodies import Body, Document
from loyalty.enums import ClawBack, ExpiryEnds, TierFall, TierWindow
from loyalty.models import Program
from loyalty.operations import update_program
from loyalty.queries import program

Months = Annotated[int, Field(strict=True, ge=1, le=120)]
Days = Annotated[int, Field(strict=True, ge=0, le=365)]
Points = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]


class ProgrammeIn(Body):
    """What is left out stays as it is; points already granted keep their dates.

    Points end so many Jalali months after they were earned (`expiry_months`, null: never), with
    the `day`, `month` or `year` in which the last month ends; with `idle_day`, `idle_month` and
    `idle_year` the months are counted from the customer's last activity instead: a purchase, and
    spending points if `spending_counts`. Who agreed to offers is told by SMS `warn_days` before
    (null: nobody is), from `warn_points` points on. With `waits_for_returns` the points of each
    line of a purchase can be spent once its goods cannot be returned any more, never before
    `pending_days`. Tiers go by what was bought in a `tier_window`: `days` (so many, from the first
    purchase on), the Jalali `year`, the year since the first purchase (`anniversary`), or always
    the last `tier_window_days` (`rolling`). At its end, and `tier_grace_days` in which what is
    missing may still be bought, a tier falls `full`, `one_level` or `never`. A new kind of window
    holds from each customer's next one on. A return leaves tiers alone, but for one reached less
    than `tier_revoke_days` ago that nothing was had of yet. It takes points of what came back: its
    own that wait, its own and other ones, then below zero (`unlimited`), never below zero
    (`within_balance`), or `only_pending` ones. Past purchases that are imported earn only while
    `retroactive` is true.
    """

    name: str = Field(default="", max_length=120)
    unit_value_rial: Points | None = None
    pending_days: Days | None = None
    waits_for_returns: bool | None = None
    expiry_months: Months | None = None
    expiry_ends: ExpiryEnds | None = None
    spending_counts: bool | None = None
    warn_days: Annotated[int, Field(strict=True, ge=1, le=90)] | None = None
    warn_points: Points | None = None
    grace_days: Annotated[int, Field(strict=True, ge=1, le=365)] | None = None
    tier_window: TierWindow | None = None
    tier_window_days: Annotated[int, Field(strict=True, ge=1, le=3_660)] | None = None
    tier_grace_days: Annotated[int, Field(strict=True, ge=0, le=90)] | None = None
    tier_fall: TierFall | None = None
    tier_revoke_days: Annotated[int, Field(strict=True, ge=0, le=90)] | None = None
    clawback: ClawBack | None = None
    retroactive: bool | None = None


class ProgrammeOut(BaseModel):
    """The programme as it is."""

    name: str
    unit_value_rial: int
    pending_days: int
    waits_for_returns: bool
    expiry_months: int | None
    expiry_ends: ExpiryEnds
    spending_counts: bool
    warn_days: int | None
    warn_points: int
    grace_days: int
    tier_window: TierWindow
    tier_window_days: int
    tier_grace_days: int
    tier_fall: TierFall
    tier_revoke_days: int
    clawback: ClawBack
    retroactive: bool


class Programme(Endpoint):
    """GET what the programme promises, POST changes it."""

    scopes: ClassVar = {"GET": "loyalty:read", "POST": "loyalty:write"}
    body: ClassVar = {"POST": ProgrammeIn}
    answer: ClassVar = {"GET": ProgrammeOut, "POST": ProgrammeOut}

    def get(self, call: Call) -> Reply:
        """Return it; 404 without one."""
        del call
        row = program()
        if row is None:
            raise NotFound(_("This business has no loyalty programme."))
        return Reply(_document(row))

    def post(self, call: Call, body: ProgrammeIn) -> Reply:
        """Change what is named, from now on."""
        told = body.model_dump(include=body.model_fields_set)
        row = update_program(changes=told, actor=None, now=call.now)
        return Reply(_document(row))


def _document(row: Program) -> Document:
    return {name: getattr(row, name) for name in ProgrammeOut.model_fields}
