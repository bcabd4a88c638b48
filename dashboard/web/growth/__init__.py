"""Whether customers come again, month by month, and where a change of sales comes from."""

from dashboard.web.growth.bridge import bridge
from dashboard.web.growth.cohorts import cohort_page
from dashboard.web.growth.mix import mix_page
from dashboard.web.growth.onboarding import onboarding_page
from dashboard.web.growth.repeat import repeat_page
from dashboard.web.growth.winning import winning_page

__all__ = ["bridge", "cohort_page", "mix_page", "onboarding_page", "repeat_page", "winning_page"]
