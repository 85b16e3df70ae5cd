"""The commands an operator types, one noun a file. Part of the roof: only manage.py, which lists them, imports them."""
