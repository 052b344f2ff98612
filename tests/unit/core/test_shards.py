from hypothesis import given
from hypothesis import strategies as st

from superres.core import shards


@given(st.lists(st.integers(), max_size=50), st.integers(1, 12))
def test_every_item_is_in_one_shard_and_shards_are_even(items, count):
    parts = [shards.members(items, name) for name in shards.names(count)]
    assert sorted(item for part in parts for item in part) == sorted(items)
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1


def test_names_say_how_many():
    assert shards.names(2) == ["1-of-2", "2-of-2"]
