"""The way out: what was decided is carried to people after the commit, by another process."""
