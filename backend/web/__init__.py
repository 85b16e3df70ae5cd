"""Flask manners that the doors share. The only room of the house that knows Flask."""
