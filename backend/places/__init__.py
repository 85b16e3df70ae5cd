"""The tree of places: reading it from a sheet, finding the community of a point. Knows no person."""
