"""Links that lead to the web."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LONGEST = 4096


def web_url(url: str) -> str:
    """The address when it is http or https and names a host, else empty: `javascript:` is no link."""
    text = re.sub(r"[\t\n\r]", "", url.strip()).replace(" ", "%20")
    try:
        parts = urlsplit(text)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return text if usable and len(text) <= _LONGEST else ""
