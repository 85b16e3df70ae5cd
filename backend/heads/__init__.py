"""Lane heads: which member answers for which building or lane, and which of them may be called."""
