"""Whom staff invite by a telephone number, and what becomes of it when she registers herself."""
