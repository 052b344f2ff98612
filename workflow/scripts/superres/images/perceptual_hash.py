"""Photos that look alike: perceptual hashes, and groups of near-duplicates.

A hash is one 64-bit code, or several, as 16 hexadecimal digits each with a space between: of the
photo itself first, then of its mirrored and turned copies. Two photos are as far apart as the
nearest of the codes of one is from the first code of the other.
"""

import numpy as np


def near(phash: str, others: list[str], within_bits: int) -> list[int]:
    """Positions of the hashes that differ in at most so many bits from one.

    Args:
        phash: hash with as many codes as each of the others.
        others: hashes.
        within_bits: below 0 none is near.
    """
    if not others:
        return []
    apart_bits = _apart_bits(_codes([phash])[0], _codes(others))
    return [int(position) for position in np.flatnonzero(apart_bits <= within_bits)]


def groups(phashes: list[str], within_bits: int) -> list[int]:
    """Group hashes that are near each other, directly or through others.

    Args:
        phashes: hashes with as many codes each.
        within_bits: hashes that differ in at most so many bits are near; below 0 none are.

    Returns:
        For every hash the position of the first member of its group.
    """
    codes = _codes(phashes)
    first = list(range(len(codes)))

    def root(position: int) -> int:
        while first[position] != position:
            position = first[position]
        return position

    for position, own in enumerate(codes):
        for other in np.flatnonzero(_apart_bits(own, codes[:position]) <= within_bits):
            ends = sorted((root(position), root(int(other))))
            first[ends[1]] = ends[0]
    return [root(position) for position in range(len(codes))]


def _codes(phashes: list[str]) -> np.ndarray:
    """uint64 (hashes, codes)."""
    return np.array(
        [[int(code, 16) for code in phash.split(" ")] for phash in phashes], dtype=np.uint64
    )


def _apart_bits(own: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Bits between one hash (codes,) and others (hashes, codes): int (hashes,)."""
    forth = np.bitwise_count(others ^ own[0]).min(axis=1, initial=64)
    back = np.bitwise_count(others[:, :1] ^ own).min(axis=1, initial=64)
    return np.minimum(forth, back).astype(int)
