"""An SMS centre over real HTTP, and short words for messages."""

import pytest

from core.tenancy import acting_for
from messaging.models import Message
from messaging.operations import check_due, queue_sms, record_consent, send_due
from tests.sandbox_server import Sandbox, fresh_sandbox, sandbox

__all__ = ["fresh_sandbox", "sandbox"]

ADDRESS = "+989121234567"


class Post:
    """Queues, sends and looks at one business's messages."""

    def __init__(self, business, as_role, centre):
        self.business = business
        self.as_role = as_role
        self.centre = centre

    def queue(self, now, *, purpose="transactional", address=ADDRESS, key="k-1", **extra):
        with acting_for(self.business.id):
            return queue_sms(
                address=address,
                body="سلام! خریدتان ثبت شد.",
                purpose=purpose,
                dedupe_key=key,
                now=now,
                **extra,
            )

    def agree(self, now, *, address=ADDRESS, purpose="marketing", granted=True):
        with acting_for(self.business.id):
            record_consent(
                address=address, purpose=purpose, granted=granted, source="till", now=now
            )

    def send(self, now):
        with self.as_role("vafa_worker"):
            return send_due(now=now)

    def check(self, now):
        with self.as_role("vafa_worker"):
            return check_due(now=now)

    def get(self, message_id):
        with acting_for(self.business.id):
            return Message.objects.get(id=message_id)

    def state(self, message_id):
        return self.get(message_id).state


@pytest.fixture
def post(business, as_role, fresh_sandbox: Sandbox, settings) -> Post:
    settings.SMS_BASE_URL = fresh_sandbox.base_url
    return Post(business, as_role, fresh_sandbox)
