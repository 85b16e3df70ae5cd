"""Sheets that staff bring: read, held against what stands, confirmed, and written in one transaction."""
