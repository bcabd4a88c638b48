"""What loyalty hears."""

from loyalty.subscribers import engagement, points, story

__all__ = ["engagement", "points", "story"]
