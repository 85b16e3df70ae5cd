"""People as the platform shows them to an account: coming, going, when they were last heard of."""
