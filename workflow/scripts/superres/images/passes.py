"""Passes of a network up to a factor."""


def passes(factor: float, scale: int) -> int:
    """How often a network is applied to reach a factor.

    Args:
        factor: side of the result over side of the image; up to 1 takes no pass.
        scale: the network's own factor, at least 2.
    """
    count = 0
    while scale**count < factor:
        count += 1
    return count
