"""What a file really is, told by its first bytes and not by its name."""

CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "webp": "image/webp",
    "amr": "audio/amr",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "webm": "audio/webm",
    "mp4": "video/mp4",
}

_HEADS = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"#!AMR", "amr"),
    (b"ID3", "mp3"),
    (b"OggS", "ogg"),
    (b"\x1a\x45\xdf\xa3", "webm"),
)


def file_type(content: bytes) -> str:
    """A key of CONTENT_TYPES, or empty."""
    for head, name in _HEADS:
        if content.startswith(head):
            return name
    if content[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(content[8:12], "")
    if content[4:8] == b"ftyp":
        return "mp4"
    return "mp3" if _is_mp3_frame(content) else ""


def _is_mp3_frame(content: bytes) -> bool:
    return len(content) > 2 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2
