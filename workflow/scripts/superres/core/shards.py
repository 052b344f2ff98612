"""Shards: the fixed number of jobs that per-image work is cut into."""

from collections.abc import Sequence


def names(count: int) -> list[str]:
    """Names of all shards: `1-of-2`, `2-of-2`."""
    return [f"{number}-of-{count}" for number in range(1, count + 1)]


def members(items: Sequence, shard: str) -> Sequence:
    """The items of one shard; together the shards hold every item once, in sizes alike to one.

    Args:
        items: in an order that every shard sees alike.
        shard: a name from `names`.
    """
    number, count = map(int, shard.split("-of-"))
    return items[number - 1 :: count]
