"""The Finnotech dialect, from its documented facts."""
