"""The business's own settings over HTTP (capability C090)."""

from typing import Annotated, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from businesses.enums import Module, Scope
from businesses.operations import update_business
from businesses.operations.modules import switch_modules
from businesses.operations.weekend import choose_weekend
from businesses.queries.tenants import BusinessInfo, current_business
from core.api.views import Call, Endpoint, Reply
from core.errors import Problem


class SettingsIn(BaseModel):
    """What is to change; what is left out stays. `modules`: {name: on}.

    `weekend`: its days, counted from Saturday (0).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None = Field(default=None, max_length=200)
    vertical: str | None = None
    timezone: str | None = Field(default=None, max_length=60)
    phone: str | None = Field(default=None, max_length=40)
    enamad_url: str | None = Field(default=None, max_length=300)
    weekend: list[Annotated[int, Field(strict=True, ge=0, le=6)]] | None = Field(
        default=None, max_length=3
    )
    modules: dict[str, bool] = Field(default_factory=dict)


class SettingsOut(BaseModel):
    """A business as its owner set it up, and which parts of the product are on."""

    name: str
    vertical: str
    timezone: str
    phone: str
    enamad_url: str
    weekend: list[int]
    modules: dict[str, bool]


class Settings(Endpoint):
    """GET the settings, PATCH some of them."""

    scopes: ClassVar = {"GET": Scope.SETTINGS, "PATCH": Scope.SETTINGS}
    body: ClassVar = {"PATCH": SettingsIn}
    answer: ClassVar = {"GET": SettingsOut, "PATCH": SettingsOut}

    def get(self, call: Call) -> Reply:
        """Return the settings as they stand."""
        del call
        return Reply(_told(current_business()))

    def patch(self, call: Call, body: SettingsIn) -> Reply:
        """Change what is named; a module customers still hold something of stays on."""
        before = current_business()
        if body.model_dump(exclude={"modules", "weekend"}, exclude_none=True):
            update_business(
                name=_or(body.name, before.name),
                vertical=_or(body.vertical, before.vertical),
                timezone=_or(body.timezone, before.timezone.key),
                phone=_or(body.phone, before.phone),
                enamad_url=_or(body.enamad_url, before.enamad_url),
                now=call.now,
            )
        if body.weekend is not None:
            choose_weekend(days=body.weekend, actor=None, now=call.now)
        if body.modules:
            switch_modules(off=_off(before, body.modules), actor=None, now=call.now)
        return Reply(_told(current_business()))


def _or(said: str | None, before: str) -> str:
    return before if said is None else said


def _off(before: BusinessInfo, said: dict[str, bool]) -> set[str]:
    if set(said) - set(Module.values):
        raise Problem("unknown_module", _("There is no such part of the product."), about="modules")
    return {name for name in Module.values if not said.get(name, name not in before.modules_off)}


def _told(business: BusinessInfo) -> dict[str, Any]:
    return SettingsOut(
        name=business.name,
        vertical=business.vertical,
        timezone=business.timezone.key,
        phone=business.phone,
        enamad_url=business.enamad_url,
        weekend=sorted(business.weekend),
        modules={module.value: business.has(module) for module in Module},
    ).model_dump()
