"""Many workers at once, each with a connection of its own."""

from collections import Counter

from core.tenancy import acting_for
from messaging.models import Message
from messaging.operations import send_due

WORKERS = 4


def work_until_idle(now):
    def work():
        done = 0
        while taken := send_due(now=now):
            done += taken
        return done

    return work


def test_four_workers_send_each_message_once(in_parallel, post, now):
    for n in range(40):
        post.queue(now, address=f"+98912000{n:04}", key=f"k-{n}")
    assert sum(in_parallel(*[work_until_idle(now)] * WORKERS, role="vafa_worker")) == 40
    receptors = Counter(row["receptor"] for row in post.centre.sms())
    assert len(receptors) == 40
    assert set(receptors.values()) == {1}


def test_workers_counting_at_once_keep_the_cap(in_parallel, post, now):
    post.agree(now)
    for n in range(12):
        post.queue(now, purpose="marketing", key=f"k-{n}")
    in_parallel(*[work_until_idle(now)] * WORKERS, role="vafa_worker")
    with acting_for(post.business.id):
        states = Counter(Message.objects.values_list("state", flat=True))
    assert states == {"sent": 1, "queued": 11}
