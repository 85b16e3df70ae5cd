"""What is configured, reachable, wrong, and how to mend it. Changes nothing."""
