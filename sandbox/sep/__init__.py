"""The SEP (Saman) dialect, from what is known of it."""
