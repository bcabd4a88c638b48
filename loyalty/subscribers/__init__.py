"""What loyalty hears."""

from loyalty.subscribers import engagement, measures, points, story, welcome

__all__ = ["engagement", "measures", "points", "story", "welcome"]
