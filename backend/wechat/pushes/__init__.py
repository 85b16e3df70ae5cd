"""What the platform pushes to us and what we answer at once: from the envelope to a typed message, and back."""
