"""What protects people: the field cipher and its keys, digests for look-ups, and retention.

It works on what columns declare (`models/marks.py`), and names no table.
"""
