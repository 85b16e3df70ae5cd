"""What the staff did: one chain of entries that nobody changes, in which each holds on to the one before it."""
