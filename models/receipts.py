"""Proof that a pushed message or a request was worked on: what makes a repetition harmless on every engine."""

from peewee import TextField

from models.base import KeyField, Table, UtcField


class Receipt(Table):
    """`digest` stands for the message without naming the sender; `answer` is what she was told, as ciphertext."""

    digest = KeyField(max_length=64, unique=True)
    answer = TextField(default="")
    received_at = UtcField(index=True)
