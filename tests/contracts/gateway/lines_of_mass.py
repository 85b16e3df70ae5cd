"""Every call about mass messages (protocol sheet §4.4)."""

from backend.wechat.calls.mass import MassArticles, MassContent, MassImages, MassJob, MassText, MassVideo, MassVoice
from tests.contracts.gateway.given import AMR, JPG, MP4, Given
from tests.contracts.gateway.lines import OFFICIAL_JSON, Line, only

SEND_ALL, SEND, PREVIEW = (f"/cgi-bin/message/mass/{name}" for name in ("sendall", "send", "preview"))
WORDS = MassText("全体通知")
CONTENT = (40007, 40008, 45002, 45168)
SENDING = (
    *OFFICIAL_JSON,
    *CONTENT,
    *(42010, 45028, 45062, 45065, 45066, 45067, 45113, 45162, 48021, 48022),
    *(89504, 89505),  # an administrator has to confirm
)
SPEED = (*OFFICIAL_JSON, 45083, 45084)


def _two(given: Given) -> list[str]:
    return [given.openid, given.stranger().openid]


def _to_two(given: Given, content: MassContent) -> MassJob:
    return given.gateway.mass.send_to(_two(given), content, given.key())


def _images(given: Given) -> MassImages:
    return MassImages(tuple(given.gateway.media.upload("image", "a.jpg", JPG) for _ in range(2)))


def _voice(given: Given) -> MassVoice:
    return MassVoice(given.gateway.media.upload("voice", "a.amr", AMR))


def _video(given: Given) -> MassVideo:
    return given.gateway.mass.prepare_video(given.gateway.media.upload("video", "a.mp4", MP4), "片", "说明")


def _articles(given: Given) -> MassArticles:
    return MassArticles(given.draft())


def _sent(given: Given) -> str:
    """A mass message of articles: those can be taken back."""
    return given.gateway.mass.send_to(_two(given), _articles(given), given.key()).msg_id


LINES = {
    "mass.send_to_all": Line(SEND_ALL, only(lambda given: given.gateway.mass.send_to_all(WORDS, given.key())), SENDING),
    "mass.send_to_tag": Line(
        SEND_ALL,
        lambda given, tag: given.gateway.mass.send_to_tag(tag, WORDS, given.key()),
        (*SENDING, 40152),
        lambda given: given.tag(),
    ),
    "mass.send_to text": Line(SEND, lambda given, _: _to_two(given, WORDS), (*SENDING, 40130, 40031, 40032)),
    "mass.send_to images": Line(SEND, _to_two, CONTENT, _images),
    "mass.send_to voice": Line(SEND, _to_two, CONTENT, _voice),
    "mass.send_to video": Line(SEND, _to_two, CONTENT, _video),
    "mass.send_to articles": Line(SEND, _to_two, CONTENT, _articles),
    "mass.preview": Line(
        PREVIEW,
        only(lambda given: given.gateway.mass.preview(given.openid, WORDS)),
        (*OFFICIAL_JSON, *CONTENT, 40003, 43004),
    ),
    "mass.state": Line(
        "/cgi-bin/message/mass/get", lambda given, msg_id: given.gateway.mass.state(msg_id), OFFICIAL_JSON, _sent
    ),
    "mass.delete": Line(
        "/cgi-bin/message/mass/delete", lambda given, msg_id: given.gateway.mass.delete(msg_id), OFFICIAL_JSON, _sent
    ),
    "mass.speed": Line("/cgi-bin/message/mass/speed/get", only(lambda given: given.gateway.mass.speed()), SPEED),
    "mass.set_speed": Line(
        "/cgi-bin/message/mass/speed/set", only(lambda given: given.gateway.mass.set_speed(0)), SPEED
    ),
    "mass.prepare_video": Line(
        "/cgi-bin/media/uploadvideo",
        lambda given, media_id: given.gateway.mass.prepare_video(media_id, "片", "说明"),
        (*OFFICIAL_JSON, 40007),
        lambda given: given.gateway.media.upload("video", "a.mp4", MP4),
    ),
}
