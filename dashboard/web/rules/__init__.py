"""Rules of points: what is in force, the draft, trying it, replaying a year, publishing."""

from dashboard.web.rules.editing import rule_act, rule_composing, rule_edit, rule_new
from dashboard.web.rules.listing import rule_draft, rules
from dashboard.web.rules.replays import rule_replay, rule_replay_start, rule_replay_stop
from dashboard.web.rules.trying import rule_try

__all__ = [
    "rule_act",
    "rule_composing",
    "rule_draft",
    "rule_edit",
    "rule_new",
    "rule_replay",
    "rule_replay_start",
    "rule_replay_stop",
    "rule_try",
    "rules",
]
