"""How long a recording is: AMR and MP3, counted frame by frame."""

_AMR_FRAME_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1)
_AMR_WIDE_FRAME_BYTES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1)
_AMR_FRAME_SECONDS = 0.02
_MP3_KILOBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MP3_KILOBITS_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_MP3_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def seconds_of(content: bytes) -> float:
    """0 for a recording without a single frame that can be read."""
    return _amr_seconds(content) if content.startswith(b"#!AMR") else _mp3_seconds(content)


def _amr_seconds(content: bytes) -> float:
    wide = content.startswith(b"#!AMR-WB\n")
    sizes = _AMR_WIDE_FRAME_BYTES if wide else _AMR_FRAME_BYTES
    position = content.find(b"\n") + 1
    frames = 0
    while 0 < position < len(content):
        position += sizes[content[position] >> 3 & 0x0F]
        frames += 1
    return frames * _AMR_FRAME_SECONDS


def _mp3_seconds(content: bytes) -> float:
    position, seconds = _after_id3(content), 0.0
    while position + 4 <= len(content):
        size, length = _mp3_frame(content[position : position + 4])
        position += size or 1  # not a frame: look for the next one byte by byte
        seconds += length
    return seconds


def _after_id3(content: bytes) -> int:
    if not content.startswith(b"ID3") or len(content) < 10:
        return 0
    a, b, c, d = content[6:10]
    return 10 + (a << 21 | b << 14 | c << 7 | d)


def _mp3_frame(head: bytes) -> tuple[int, float]:
    """Bytes and seconds of a layer III frame; (0, 0) when it is none."""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate_index = head[2] >> 2 & 3
    if head[0] != 0xFF or head[1] < 0xE0 or layer != 1 or version == 1 or rate_index == 3:
        return 0, 0.0
    newest = version == 3
    kilobits = (_MP3_KILOBITS if newest else _MP3_KILOBITS_LOW)[head[2] >> 4]
    rate = _MP3_RATES[version][rate_index]
    if not kilobits:
        return 0, 0.0
    samples = 1_152 if newest else 576
    return samples // 8 * kilobits * 1_000 // rate + (head[2] >> 1 & 1), samples / rate
