"""What a merchant's next calls meet: scripts in order, faults by chance, and the file of both."""
