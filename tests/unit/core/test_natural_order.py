from superres.core.natural_order import composed, natural


def test_numbers_count_as_numbers():
    names = ["10", "9", "1", "a10", "a9", "b", "1-2", "1-10"]
    assert sorted(names, key=natural) == ["1", "1-2", "1-10", "9", "10", "a9", "a10", "b"]


def test_an_accent_is_part_of_its_letter():
    assert composed("Cafe\u0301") == composed("Caf\u00e9") == "Caf\u00e9"
