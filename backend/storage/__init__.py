"""Where things are kept: the database, the key-value store, the files. Knows no noun of the community."""
