"""Thousands of messages at once: who is next, how many are in flight, how fast, and what became of each."""
