"""A script or style sheet in, the words by which a content security policy lets it run out."""

from __future__ import annotations

import base64
import hashlib


def hashed(text: str) -> str:
    """Name a text by its SHA-256, as ``script-src`` and ``style-src`` take it."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
