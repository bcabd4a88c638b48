"""What loyalty hears."""

from loyalty.subscribers import credit, engagement, measures, points, story, welcome

__all__ = ["credit", "engagement", "measures", "points", "story", "welcome"]
