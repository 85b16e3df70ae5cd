"""Mass messages that an account has sent, as far as they are asked for later (protocol §4.4)."""

from dataclasses import dataclass, field

JOBS_KEPT = 1_000
FIRST_MSG_ID = 1_000_000_000
FIRST_DATA_ID = 2_650_000_000
ARTICLES, VIDEO = "mpnews", "mpvideo"


@dataclass(slots=True)
class MassJob:
    """`done_at` is None while the recipients are being gone through, and for ever in an endless one."""

    msg_id: int
    data_id: int  # 0 unless it carries articles
    msgtype: str
    key: str  # the clientmsgid, or a digest of scope and content
    at: float
    done_at: float | None = None
    succeeded: bool = True
    endless: bool = False  # a setting says that no result ever comes
    to_all: bool = False
    article_id: str = ""  # of the public pages that sent articles become
    urls: list[str] = field(default_factory=list)  # of those pages
    deleted: list[int] = field(default_factory=list)  # numbers of articles, from 1
    gone: bool = False

    def status(self, now: float) -> str:
        if self.gone:
            return "DELETE"
        if self.done_at is None or now < self.done_at:
            return "SENDING"
        return "SEND_SUCCESS" if self.succeeded else "SEND_FAIL"

    def delete(self, number: int) -> None:
        """One article, or with 0 all of it."""
        if number and number not in self.deleted:
            self.deleted.append(number)
        self.gone = not number or len(self.deleted) >= len(self.urls)

    def interrupt(self, now: float) -> None:
        """The program ended while it went through the recipients."""
        if self.done_at is None and not self.endless:
            self.done_at, self.succeeded = now, False
