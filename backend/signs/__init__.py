"""The signs of places: QR codes that say which place they hang at, made once and printed as often as somebody likes."""
