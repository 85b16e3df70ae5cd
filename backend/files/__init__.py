"""Files that staff bring and take away: kept sealed, read by whoever may, and gone when their time is over."""
