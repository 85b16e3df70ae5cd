"""Accounts of the console: how they are set up, how somebody signs in, and what they may do where."""
