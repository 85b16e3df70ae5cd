"""Tables that people bring and take away: XLSX and CSV, read with every guard and written line by line."""
