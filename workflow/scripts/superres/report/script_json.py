"""JSON inside a page's script element."""

import json


def text(value: object) -> str:
    """A value as JSON that can stand between <script> and </script>.

    Raises:
        ValueError: a number that JSON has no sign for.
    """
    # "<" could end the script or begin a comment.
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
