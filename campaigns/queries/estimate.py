"""What a campaign would cost, before anybody hears of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from campaigns.enums import Arm
from campaigns.queries.audience import Recipient, arm_of, audience
from campaigns.queries.texts import clean_body, personal
from messaging.enums import Purpose
from messaging.queries import part_price_rial, sms_parts, with_opt_out

_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Estimate:
    """Counts of people and parts, and the cost in rial.

    `parts` is the longest message's, `total_parts` everybody's together; `unreachable` is
    `without_mobile` plus `without_consent`. `preview` is the message as the first one reads it.
    """

    members: int
    unreachable: int
    without_mobile: int
    without_consent: int
    treated: int
    held_out: int
    parts: int
    total_parts: int
    cost_rial: int
    saved_rial: int
    preview: str


def estimate(
    *,
    segment: str,
    body: str,
    holdout_percent: int,
    now: datetime,
    campaign_id: UUID | None = None,
) -> Estimate:
    """Return what sending would mean now. Without a campaign's id its arms are estimated too.

    Parts are counted for each recipient's own text. `saved_rial` is what the held out would have
    cost. Raises Problem like `create_campaign`.
    """
    text = clean_body(body)
    found = audience(segment, now)
    treated, held_out = _split(found.recipients, holdout_percent, campaign_id)
    texts = Counter(outgoing(text, one.name) for one in treated)
    price = part_price_rial()
    total = _parts(texts)
    return Estimate(
        members=len(found.recipients) + found.unreachable,
        unreachable=found.unreachable,
        without_mobile=found.without_mobile,
        without_consent=found.without_consent,
        treated=len(treated),
        held_out=len(held_out),
        parts=max(map(sms_parts, texts), default=sms_parts(outgoing(text, ""))),
        total_parts=total,
        cost_rial=total * price,
        saved_rial=_parts(Counter(outgoing(text, one.name) for one in held_out)) * price,
        preview=outgoing(text, found.recipients[0].name if found.recipients else ""),
    )


def outgoing(body: str, name: str) -> str:
    """Return the text as it goes on the air, opt-out hint included."""
    return with_opt_out(personal(body, name), Purpose.MARKETING)


def _parts(texts: Mapping[str, int]) -> int:
    """Return the parts of all texts; many customers share a first name and so a text."""
    return sum(sms_parts(text) * count for text, count in texts.items())


def _split(
    recipients: Sequence[Recipient], holdout_percent: int, campaign_id: UUID | None
) -> tuple[Sequence[Recipient], Sequence[Recipient]]:
    if campaign_id is None:
        cut = round(len(recipients) * holdout_percent / _PERCENT)
        return recipients[cut:], recipients[:cut]
    arms = [(one, arm_of(campaign_id, one.customer_id, holdout_percent)) for one in recipients]
    return (
        [one for one, arm in arms if arm is Arm.TREATMENT],
        [one for one, arm in arms if arm is Arm.HOLDOUT],
    )
