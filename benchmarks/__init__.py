"""Measurements, each side by side in one run. Read the ratios: the machine's speed is not ours."""
