"""PostgreSQL as Django's backend talks to it, with fewer round trips."""
