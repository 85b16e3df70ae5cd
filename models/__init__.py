"""Tables and state enums, one file per noun. Remembers; decides nothing and imports nothing of ours but itself."""
