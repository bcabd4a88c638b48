"""A campaign over a real SMS centre: sent once, followed, paid for, measured."""

from datetime import timedelta

from campaigns.enums import Verdict
from messaging.operations import check_due, send_due
from tests.campaigns.conftest import DAY
from tests.sandbox_server import fresh_sandbox, sandbox

__all__ = ["fresh_sandbox", "sandbox"]


def test_a_campaign_reaches_phones_and_ends(crowd, now, as_role, fresh_sandbox, settings):
    settings.SMS_BASE_URL = fresh_sandbox.base_url
    campaign = crowd.draft(now, holdout_percent=50, margin_percent=30)
    crowd.send(campaign, now)
    crowd.sweep(now)
    with as_role("vafa_worker"):
        while send_due(now=now):
            pass
    treated = crowd.get(campaign).treatment_count
    assert len(fresh_sandbox.sms(limit=500)) == treated
    fresh_sandbox.advance(60)
    with as_role("vafa_worker"):
        check_due(now=now + timedelta(seconds=10))
    crowd.sweep(now + timedelta(minutes=1))
    assert crowd.get(campaign).state == "done"
    crowd.sell(now + DAY, range(0, 200, 4))
    told = crowd.results(campaign, now + 15 * DAY)
    assert told.messages.delivered == treated
    assert told.messages.cost_rial == treated * 1850
    assert told.verdict in {Verdict.UNCLEAR, Verdict.MORE, Verdict.LESS}
    assert told.profit is not None
