"""How much of a sheet is taken. Each is asked before whatever it bounds is loaded."""

MEGABYTE = 1024 * 1024

MAX_BYTES = 20 * MEGABYTE
MAX_ROWS = 100_000
"""Beside the header."""

MAX_COLUMNS = 64
MAX_AREA = 16 * (MAX_ROWS + 1)
"""Rows times columns of an XLSX sheet: its reader keeps a place for each cell of the rectangle, also for empty ones."""

MAX_CELL = 131_072
"""Characters, as the csv module has it. A column says for itself if it takes fewer."""

MAX_INFLATED = 100 * MEGABYTE
MAX_RATIO = 100
"""Bytes for each compressed one. Sheets have some ten to thirty."""

MAX_ENTRIES = 256
MAX_SHOWN = 50
"""Faults of one sheet that are told."""
