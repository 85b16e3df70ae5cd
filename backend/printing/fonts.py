"""The font of everything that is printed: Noto Sans SC, Medium, with all characters that names are written with.

It lies here because a server has no Chinese font of its own, and what a printer puts in its place is boxes.
"""

from pathlib import Path

NAME = "NotoSansSC"
FILE = Path(__file__).parent / "fonts" / "NotoSansSC-Medium.ttf"
"""From the Noto project, unchanged, under the SIL Open Font License (fonts/LICENSE)."""
