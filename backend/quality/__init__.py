"""How good the data is, and the one click that mends each fault."""
