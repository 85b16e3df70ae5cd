"""The accounts this deployment stands behind: their credentials, from first settings to the running process."""
