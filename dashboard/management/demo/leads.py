"""People who left their number: some bought, some wait to be called, one is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.money import RIAL_PER_TOMAN
from customers.enums import LeadKind
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from customers.operations.leads import NewLead, NewSource, follow_up, note_lead, open_source
from dashboard.management.demo.trades import Trade

_DAY: Final = timedelta(days=1)
_LINKS: Final = (
    ("اینستاگرام", "شماره‌تان را بگذارید تا از تازه‌ها باخبر شوید.", 4_000_000),
    ("ویترین", "", 300_000),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """Somebody, how long ago they left their number, and what came of it since, by days ago."""

    name: str
    source: str
    days: int
    wants: str = ""
    steps: Sequence[tuple[int, str]] = ()
    bought: Sequence[int] = ()
    because: str = ""
    agreed: bool = True


_PEOPLE: Final = (
    _Person(name="هستی رادمهر", source="اینستاگرام", days=70, bought=(61, 30)),
    _Person(name="آرین صبوری", source="اینستاگرام", days=58, steps=((57, "interested"),)),
    _Person(name="ترانه مقدم", source="اینستاگرام", days=44, bought=(41,)),
    _Person(
        name="یاسمن پارسا",
        source="اینستاگرام",
        days=39,
        steps=((38, "contacted"), (30, "lost")),
        because="price",
    ),
    _Person(name="کیان فرجی", source="اینستاگرام", days=6, wants="هدیهٔ تولد برای مادرم"),
    _Person(name="نیلوفر جاوید", source="اینستاگرام", days=1, wants="خبر از تازه‌ها"),
    _Person(name="مهدی سالاری", source="ویترین", days=52, bought=(50, 22, 8)),
    _Person(name="گلناز طاهری", source="ویترین", days=33, steps=((31, "contacted"),)),
    _Person(name="پیمان نوری", source="ویترین", days=25, bought=(24,)),
    _Person(name="سحر امینی", source="ویترین", days=2, steps=((1, "no_answer"),)),
    _Person(name="بابک ملکی", source="", days=12, agreed=False, wants="دنبال کالایی که نبود"),
    _Person(name="لیلا شریفی", source="", days=3, steps=((2, "interested"),), wants="شنبه می‌آید"),
)


def play_leads(trade: Trade, now: datetime) -> None:
    """Open two links, and let people leave their number there and at the till."""
    since = now - 80 * _DAY
    links = {
        title: open_source(
            new=NewSource(
                kind=LeadKind.LINK,
                title=title,
                invitation=invitation,
                cost_rial=toman * RIAL_PER_TOMAN,
            ),
            now=since,
        ).id
        for title, invitation, toman in _LINKS
    }
    for n, person in enumerate(_PEOPLE):
        mobile = f"0919777{sum(trade.slug.encode()) % 100:02}{n:02}"
        new = NewLead(
            customer=CustomerHint(mobile=mobile, name=person.name),
            kind=LeadKind.TILL,
            source_id=links.get(person.source),
            wants=person.wants,
            consented=person.agreed,
        )
        noted = note_lead(new=new, now=now - person.days * _DAY)
        if noted.lead is not None:
            _follow(noted.lead.id, person, now)
        _buy(trade, mobile, person, now)


def _follow(lead_id: UUID, person: _Person, now: datetime) -> None:
    for ago, step in person.steps:
        follow_up(
            lead_id=lead_id,
            step=step,
            because=person.because if step == "lost" else "",
            next_at=None if step == "lost" else now + (3 - ago % 3) * _DAY,
            by="صندوقدار",
            now=now - ago * _DAY,
        )


def _buy(trade: Trade, mobile: str, person: _Person, now: datetime) -> None:
    sales = [
        NewPurchase(
            external_id=f"{trade.slug}-lead-{mobile[-2:]}-{ago}",
            channel="till",
            occurred_at=now - ago * _DAY,
            customer=CustomerHint(mobile=mobile),
            tenders=(NewTender(method="pos", amount_rial=(ago + 9) * 20_000 * RIAL_PER_TOMAN),),
        )
        for ago in person.bought
    ]
    if sales:
        record_purchases(purchases=sales, source="till", now=now)
