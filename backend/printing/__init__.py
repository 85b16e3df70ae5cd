"""Paper: sheets to print, with a font that is delivered with the house. Knows no table."""
