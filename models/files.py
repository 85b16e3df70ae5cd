"""Files that staff bring and take away: sealed on disk, each until a moment."""

from peewee import BigIntegerField, TextField

from models.base import KeyField, Table, UtcField
from models.marks import Lifetime, personal, sealed

UNTIL_ITS_END = Lifetime("导入、导出的文件办完一天后删除", "files")


class StoredFile(Table):
    """`name` is what it is called on disk, `key` opens it there, `title` is what people call it. With the row goes the
    key, and what may still lie on a disk or in a copy of one is unreadable."""

    name = personal(KeyField(max_length=32, unique=True), UNTIL_ITS_END)
    key = sealed(personal(TextField(), UNTIL_ITS_END), "stored_file.key")
    title = sealed(personal(TextField(), UNTIL_ITS_END), "stored_file.title")
    size = personal(BigIntegerField(), UNTIL_ITS_END)
    made_at = personal(UtcField(), UNTIL_ITS_END)
    ends_at = personal(UtcField(index=True), UNTIL_ITS_END)

    class Meta:
        table_name = "stored_file"
