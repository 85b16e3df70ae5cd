"""The house: decides. Knows peewee and the ports beside it; knows no Flask outside `backend.web`."""
