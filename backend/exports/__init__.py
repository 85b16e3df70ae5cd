"""Sheets that staff take away: for a purpose, with a second person's word, for a day, and no more than they may see."""
