"""What an account says by itself, and its menu: written and published by the staff, without a new release."""
