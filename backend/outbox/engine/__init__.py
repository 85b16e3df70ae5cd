"""The engine of the outbox: it claims what is due, sends it, and writes down what became of it."""
