"""Text of any kind as one line that can be read."""


def one_line(text: str) -> str:
    """Text in which line breaks and other signs that cannot be seen are written as escapes."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
