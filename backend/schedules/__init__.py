"""What the clock started and how it went: one record for each job and Beijing day."""
