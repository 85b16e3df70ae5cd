"""The same message twice is worked on once and answered alike (protocol sheet §1.6)."""
