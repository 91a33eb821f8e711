"""Source text in, the comment that ends each line out."""

from __future__ import annotations

import io
import tokenize


def trailing_comments(source: str) -> dict[int, str]:
    """Return the comment of each line (the first line is 1), without ``#`` and blanks.

    Read by the tokeniser, so that a ``#`` inside a text is not taken for one.

    Raises
    ------
    SyntaxError
        If the source has no tokens to read, as with an open bracket.
    """
    lines = io.StringIO(source).readline
    try:
        return {
            token.start[0]: token.string.lstrip("#").strip()
            for token in tokenize.generate_tokens(lines)
            if token.type == tokenize.COMMENT
        }
    except tokenize.TokenError as error:
        raise SyntaxError(str(error)) from error
