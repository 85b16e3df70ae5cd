"""The platform's interfaces, one noun a file: what goes there and what comes back, in our own words."""
