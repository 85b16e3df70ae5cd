"""What protects people: the field cipher, later consent, access log, retention, export and erasure."""
