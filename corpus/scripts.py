"""What counts as a Chinese character, named once for all patterns that look for one."""

from __future__ import annotations

import re
from typing import Final

HAN_RANGES: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""To stand in the brackets of a regular expression: both blocks in common use, the compatibility ideographs, and the rare ones beyond."""
HAN: Final = re.compile(f"[{HAN_RANGES}]")
"""One of them."""
