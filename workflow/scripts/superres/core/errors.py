"""The one exception that is meant for the user's eyes."""


class InputError(ValueError):
    """Something the user gave is wrong; the message says what, where and what to do."""
