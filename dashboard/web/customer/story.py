"""A customer's story: purchases, returns, cases and remarks as readable lines."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.enums import CaseState, Channel
from customers.queries.sales import lines_of
from customers.queries.timeline import Moment
from dashboard.web import words
from dashboard.web.customer.remarks import remark
from dashboard.web.parts import Happening
from loyalty.queries.wallets import PurchasePoints, points_for_purchases

_SHOWN_ITEMS: Final = 4
MONEY: Final = ("purchase", "return", "payment")
TALK: Final = ("case", "note", "survey", "message", "feedback", "lead", "lead_step")


def story(moments: Sequence[Moment], slug: str, now: datetime) -> list[Happening]:
    """Return the lines of a story. Three queries whatever its length."""
    ids = [moment.id for moment in moments if moment.kind == "purchase"]
    items, points = lines_of(ids), points_for_purchases(ids, now)
    return [_line(moment, items, points, slug, now) for moment in moments]


def _line(
    moment: Moment,
    items: Mapping[UUID, Sequence[object]],
    points: Mapping[UUID, PurchasePoints],
    slug: str,
    now: datetime,
) -> Happening:
    if moment.kind == "purchase":
        return _purchase(moment, items.get(moment.id, ()), points.get(moment.id), now)
    if moment.kind == "return":
        return _return(moment, now)
    if moment.kind == "case":
        return _case(moment, slug, now)
    return remark(moment, now)


def _purchase(
    moment: Moment, items: Sequence[object], points: PurchasePoints | None, now: datetime
) -> Happening:
    names = [_item(one) for one in items[:_SHOWN_ITEMS]]
    if len(items) > _SHOWN_ITEMS:
        names.append("…")
    channel = moment.data["channel"]
    earned = points.earned if points else 0
    when = words.ago(moment.at, now)
    return Happening(
        icon="shopping-bag",
        tone="brand",
        title=_("Purchase of %(amount)s toman") % {"amount": words.toman(moment.amount_rial)},
        detail=" · ".join([_joined(names) or str(Channel(channel).label), when]),
        end=_("%(n)s points") % {"n": words.signed(earned)} if earned else when,
        end_tone="good" if earned else "",
    )


def _item(line: object) -> str:
    name, quantity = getattr(line, "name", ""), getattr(line, "quantity", 1)
    return name if quantity == 1 else f"{name} ×{words.number(quantity, 3)}"


def _joined(names: Sequence[str]) -> str:
    return _(", ").join(name for name in names if name)


def _return(moment: Moment, now: datetime) -> Happening:
    return Happening(
        icon="receipt-refund",
        tone="bad",
        title=_("Return of %(amount)s toman") % {"amount": words.toman(moment.amount_rial)},
        detail=moment.data.get("reason") or "",
        end=words.ago(moment.at, now),
    )


def _case(moment: Moment, slug: str, now: datetime) -> Happening:
    done = moment.data["state"] == CaseState.RESOLVED
    closed = _("Looked after by %(who)s") % {"who": moment.data.get("resolution") or "—"}
    return Happening(
        icon="check" if done else "mood-sad",
        tone="good" if done else "amber",
        title=moment.data["title"],
        detail=closed if done else _("Still open"),
        end=words.ago(moment.at, now),
        href=reverse("dashboard:cases", args=[slug]),
    )
