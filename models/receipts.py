"""Proof that a pushed message or a request was worked on: what makes a repetition harmless on every engine."""

from peewee import TextField

from models.base import KeyField, Table, UtcField
from models.marks import AS_ANSWERED, personal, sealed


class Receipt(Table):
    """`digest` stands for the message without naming the sender; `answer` is what she was told, as ciphertext."""

    digest = personal(KeyField(max_length=64, unique=True), AS_ANSWERED)
    answer = personal(sealed(TextField(default=""), "receipt.answer"), AS_ANSWERED)
    received_at = personal(UtcField(index=True), AS_ANSWERED)
