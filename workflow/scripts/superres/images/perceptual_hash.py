"""Photos that look alike: perceptual hashes, and groups of near-duplicates."""

import numpy as np


def near(phash: str, others: list[str], within_bits: int) -> list[int]:
    """Positions of the hashes that differ in at most so many bits from one.

    Args:
        phash: 64-bit hash as 16 hexadecimal digits.
        others: hashes of other images, in the same form.
        within_bits: below 0 none is near.
    """
    codes = np.array([int(other, 16) for other in others], dtype=np.uint64)
    apart_bits = np.bitwise_count(codes ^ np.uint64(int(phash, 16))).astype(int)
    return [int(position) for position in np.flatnonzero(apart_bits <= within_bits)]


def groups(phashes: list[str], within_bits: int) -> list[int]:
    """Group hashes that are near each other, directly or through others.

    Args:
        phashes: 64-bit hashes as 16 hexadecimal digits.
        within_bits: hashes that differ in at most so many bits are near; below 0 none are.

    Returns:
        For every hash the position of the first member of its group.
    """
    codes = np.array([int(phash, 16) for phash in phashes], dtype=np.uint64)
    first = list(range(len(codes)))

    def root(position: int) -> int:
        while first[position] != position:
            position = first[position]
        return position

    for position, code in enumerate(codes):
        apart_bits = np.bitwise_count(codes[:position] ^ code)
        for other in np.flatnonzero(apart_bits.astype(int) <= within_bits):
            ends = sorted((root(position), root(int(other))))
            first[ends[1]] = ends[0]
    return [root(position) for position in range(len(codes))]
