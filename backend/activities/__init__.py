"""What is on at a place. Names nobody."""
