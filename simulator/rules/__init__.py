"""What the platform accepts and what it makes of it. Pure: values in, values out."""
