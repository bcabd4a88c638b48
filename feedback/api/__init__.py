"""What this app adds to other apps' answers."""
