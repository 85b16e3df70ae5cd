"""The door of the clock and the queue: what runs without anybody asking."""
