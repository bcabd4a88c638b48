"""What a business allows at its tills."""

from loyalty.models import TillRules


def till_rules() -> TillRules:
    """Return the active business's rules of the till, the defaults where it has none."""
    return TillRules.objects.first() or TillRules()
