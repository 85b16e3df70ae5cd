"""The platform's own interfaces under their real paths."""
