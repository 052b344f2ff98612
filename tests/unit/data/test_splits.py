import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from superres.core.errors import InputError
from superres.data.splits import all_test, by_rows, by_scene, fold


def frame(scenes: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({"photo": list(scenes), "scene": list(scenes.values())})


def split(photos, test=(), validation=(), test_share=0.3, validation_share=0.3, seed=0):
    both = {"test": test, "validation": validation}
    counts = {side: given for side, given in both.items() if isinstance(given, int)}
    locked = {side: given for side, given in both.items() if side not in counts}
    shares = {"test": test_share, "validation": validation_share}
    table = by_scene(photos, locked, counts, shares, seed)
    return dict(zip(table["photo"], table["split"], strict=True))


MANY = {f"photo{i}": f"scene{i // 2}" for i in range(200)}


@given(st.integers(0, 1000))
def test_two_views_of_a_scene_stay_together(seed):
    sides = split(frame(MANY), seed=seed)
    for number in range(0, 200, 2):
        assert sides[f"photo{number}"] == sides[f"photo{number + 1}"]


@given(st.permutations(sorted(MANY)), st.integers(60, 199))
def test_neither_order_nor_new_photos_move_old_ones(order, count):
    some = {name: MANY[name] for name in order[:count]}
    try:
        sides = split(frame(some))
    except InputError:
        assume(False)
    everything = split(frame(MANY))
    assert all(everything[name] == side for name, side in sides.items())


def test_shares_are_met_on_average():
    many = frame({f"p{i}": f"p{i}" for i in range(10_000)})
    sides = pd.Series(split(many, test_share=0.15, validation_share=0.1)).value_counts(True)
    assert sides["test"] == pytest.approx(0.15, abs=0.015)
    assert sides["validation"] == pytest.approx(0.1, abs=0.015)


def test_a_named_photo_takes_its_scene_along():
    photos = frame({"left": "s", "right": "s", "b": "b", "c": "c"})
    sides = split(photos, ["left"], ["b"], 0, 0)
    assert sides == {"left": "test", "right": "test", "b": "validation", "c": "train"}


@given(test=st.integers(1, 90), validation=st.integers(1, 90), seed=st.integers(0, 99))
def test_counts_are_met_exactly_and_scenes_stay_together(test, validation, seed):
    # Scenes of two photos, and as many of one.
    scenes = MANY | {f"single{i}": f"single{i}" for i in range(100)}
    sides = split(frame(scenes), test, validation, 0, 0, seed)
    found = pd.Series(sides).value_counts()
    assert (found["test"], found["validation"]) == (test, validation)
    for number in range(0, 200, 2):
        assert sides[f"photo{number}"] == sides[f"photo{number + 1}"]


def test_a_count_and_names_or_a_share_go_together():
    many = frame({f"p{i}": f"p{i}" for i in range(60)})
    sides = split(many, 12, ["p7", "p8"], 0, 0)
    assert sides["p7"] == sides["p8"] == "validation"
    assert list(sides.values()).count("test") == 12 and list(sides.values()).count("train") == 46
    shared = pd.Series(split(many, 12, test_share=0, validation_share=0.3)).value_counts()
    assert shared["test"] == 12 and shared["validation"] > 5


def test_another_seed_takes_other_photos():
    many = frame({f"p{i}": f"p{i}" for i in range(60)})
    one, other = (split(many, 12, 3, 0, 0, seed) for seed in (0, 1))
    assert one != other


@pytest.mark.parametrize(
    ("test", "validation", "message"),
    [
        (["lef"], ["b"], "photo 'lef' does not exist; photos: left, right, b, c"),
        (["left"], ["right"], "photo 'right' shows scene 's', which another photo locks into test"),
        (["left"], [], "no photo of 4 is in validation"),
        (5, ["b"], "split.test: 5 photos cannot be chosen: 3 of 4 are free, in 2 scenes"),
        (2, 2, "no photo of 4 is in train"),
        (["left", "c"], ["b"], "no photo of 4 is in train"),
    ],
)
def test_what_cannot_be_split_is_explained(test, validation, message):
    photos = frame({"left": "s", "right": "s", "b": "b", "c": "c"})
    with pytest.raises(InputError, match=message):
        split(photos, test, validation, 0, 0)


def table_rows(photos=20, scales=(2, 4, 6)):
    names = [str(number) for number in range(1, photos + 1)]
    listed = [(photo, scale) for scale in scales for photo in names]
    return pd.DataFrame(
        [{"row": row, "photo": photo, "scale": scale} for row, (photo, scale) in enumerate(listed)]
    )


def test_rows_are_split_as_keras_takes_them():
    table = by_rows(table_rows(photos=1254).sample(frac=1, random_state=0), 0.15)
    validation = table[table["split"] == "validation"]
    # 0.15 x 3762 = 564.3
    assert validation["photo"].tolist() == [str(number) for number in range(1, 565)]
    assert set(validation["scale"]) == {2}
    assert len(table) == 3762


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@given(count=st.integers(4, 60), share=st.floats(0.05, 0.95))
@settings(max_examples=25)
def test_keras_holds_the_same_rows_out(count, share):
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    assume(0 < int(share * count) < count)
    rows = table_rows(photos=count, scales=(2,))
    files = rows["photo"].map("{}.png".format)
    flow = ImageDataGenerator(validation_split=share).flow_from_dataframe(
        pd.DataFrame({"file": files}),
        x_col="file",
        class_mode=None,
        subset="validation",
        validate_filenames=False,
    )
    table = by_rows(rows, share)
    ours = table.loc[table["split"] == "validation", "photo"].map("{}.png".format)
    assert flow.filenames == ours.tolist()


def test_a_table_too_short_to_split_is_refused():
    with pytest.raises(InputError, match=r"the first int\(0\.15 x 6\) rows are validation"):
        by_rows(table_rows(photos=2), 0.15)


def hashes(**codes):
    photos = list(codes)
    values = [f"{code:016x}" for code in codes.values()]
    return pd.DataFrame({"photo": photos, "scene": photos, "phash": values})


def test_a_test_set_is_test_photos_alone():
    table = all_test(hashes(a=0, b=0xFFFF), hashes(c=0xFFFF << 32), 8)
    assert table.to_dict("list") == {
        "photo": ["a", "b"],
        "scene": ["a", "b"],
        "split": ["test", "test"],
    }
    assert len(all_test(hashes(a=0), hashes(), 8)) == 1


def test_of_a_test_set_the_named_photos_may_be_taken_alone():
    photos, learned = hashes(a=0, b=0xFFFF, c=0xFFF << 40), hashes(d=0xFFF << 40)
    assert list(all_test(photos, learned, 8, ["b", "a"])["photo"]) == ["a", "b"]
    with pytest.raises(InputError, match="photo 'x' does not exist; photos: a, b, c"):
        all_test(photos, learned, 8, ["a", "x"])


def test_a_test_photo_that_looks_like_a_learned_one_is_refused():
    with pytest.raises(InputError, match="photo 'b' looks like 'c', which the models learned from"):
        all_test(hashes(a=0xFFFFFF, b=0), hashes(d=0xFFFF << 32, c=0b1011), 3)
    assert len(all_test(hashes(a=0xFFFFFF, b=0), hashes(c=0b1011), 2)) == 2


def test_a_photo_is_named_in_either_form_of_unicode():
    photos = frame({"Caf\u00e9": "a", "b": "b", "c": "c"})
    for name in ("Caf\u00e9", "Cafe\u0301"):
        sides = split(photos, test=[name], validation=["b"], test_share=0, validation_share=0)
        assert sides["Caf\u00e9"] == "test"


@given(folds=st.integers(2, 7), seed=st.integers(0, 99))
def test_every_photo_is_tested_in_one_fold_with_its_scene(folds, seed):
    photos = frame(MANY)
    tested = [fold(photos, number, folds, seed) for number in range(1, folds + 1)]
    assert sorted(name for names in tested for name in names) == sorted(MANY)
    for names in tested:
        assert len({MANY[name] for name in names}) * 2 == len(names)
        sides = split(photos, names, 6, 0, 0)
        assert {name for name, side in sides.items() if side == "test"} == set(names)
    sizes = list(map(len, tested))
    assert max(sizes) - min(sizes) <= 2
