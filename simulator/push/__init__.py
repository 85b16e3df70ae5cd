"""From the platform to the account's server: rendering, encryption, delivery, and what the reply means."""
