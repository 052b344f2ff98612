from hypothesis import given
from hypothesis import strategies as st

from superres.images.perceptual_hash import groups, near

HASHES = st.lists(
    st.lists(st.integers(0, 2**64 - 1), min_size=3, max_size=3), min_size=1, max_size=12
)
CODES = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=12)


def hexadecimal(code: int) -> str:
    return f"{code:016x}"


def test_near_hashes_are_one_group_directly_or_through_others():
    codes = [0b0, 0xFFFF << 40, 0b1111, 0b11111111, 0xFFFF << 40 | 1]
    assert groups(list(map(hexadecimal, codes)), 4) == [0, 1, 0, 0, 1]
    assert groups(list(map(hexadecimal, codes)), 0) == [0, 1, 2, 3, 4]


@given(HASHES, st.integers(0, 64), st.randoms())
def test_groups_are_the_same_in_any_order(several, within_bits, random):
    codes = [" ".join(map(hexadecimal, each)) for each in several]
    order = list(range(len(codes)))
    random.shuffle(order)
    first = groups(codes, within_bits)
    second = groups([codes[position] for position in order], within_bits)

    def together(found, names):
        return {
            frozenset(name for name, own in zip(names, found, strict=True) if own == group)
            for group in found
        }

    assert together(first, range(len(codes))) == together(second, order)


@given(CODES)
def test_equal_photos_are_always_one_group(codes):
    found = groups(list(map(hexadecimal, codes * 2)), 0)
    assert found[: len(codes)] == found[len(codes) :]


def test_near_hashes_are_found_one_by_one():
    others = [hexadecimal(code) for code in (0b1, 0b111, 0b11111)]
    assert near(hexadecimal(0), others, 3) == [0, 1]
    assert near(hexadecimal(0), others, 0) == []
    assert near(hexadecimal(0), [], 64) == []


def test_any_copy_of_one_that_is_near_the_other_makes_them_alike():
    turned = [f"{hexadecimal(0)} {hexadecimal(0xFF00)}", f"{hexadecimal(0xFF01)} {hexadecimal(3)}"]
    assert groups(turned, 1) == [0, 0]
    assert groups(turned[::-1], 1) == [0, 0]
    assert near(turned[0], turned, 1) == [0, 1]
    assert groups(turned, 0) == [0, 1]
