"""What loyalty hears."""
