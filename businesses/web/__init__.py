"""Web glue of this app."""
