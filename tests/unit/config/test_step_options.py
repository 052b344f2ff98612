import json

import pytest

from superres.config import step_options
from superres.config.sections.datasets import Dataset
from superres.config.sections.downloads import Download


def test_options_become_words():
    options = {
        "scale": 2,
        "resize_px": (3, 4),
        "bundled": True,
        "sizes": ["a b", "c"],
        "missing": None,
        "off": False,
        "empty": "",
        "no_names": [],
        "seed": 0,
        "share": 0.0,
    }
    assert step_options.words(options) == [
        *("--scale", "2", "--resize-px", "3", "4", "--bundled", "--sizes", "a b", "c"),
        *("--seed", "0", "--share", "0.0"),
    ]


def test_a_path_with_the_name_of_an_option_is_a_value():
    assert step_options.words({"input": "-scans", "sizes": [1, 2]}) == [
        *("--input=-scans", "--sizes", "1", "2")
    ]
    assert step_options.words({"test": step_options.Repeated(["a", "-b"]), "x": 1}) == [
        *("--test=a", "--test=-b", "--x", "1")
    ]
    assert step_options.words({"test": step_options.Repeated()}) == []


DOWNLOAD = ("results/downloads/unsplash", "results/downloads/unsplash.csv")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"source": "bundled"}, {"bundled": True}),
        ({"source": "folder", "path": "mine"}, {"folder": "mine"}),
        (
            {"source": "folder", "path": "hr", "download": "unsplash"},
            {"folder": f"{DOWNLOAD[0]}/hr", "record": DOWNLOAD[1]},
        ),
        (
            {"source": "download", "download": "unsplash"},
            {"dataset": DOWNLOAD[0], "record": DOWNLOAD[1]},
        ),
    ],
)
def test_the_photo_step_has_one_source(source, expected):
    dataset = Dataset(most_megapixels=9, **source)
    assert step_options.photos(dataset, DOWNLOAD, 48) == expected | {
        "low_resolution": False,
        "quarantine": False,
        "most_megapixels": 9,
        "least_px": None,
        "flat": False,
    }


def test_own_lr_and_quarantine_are_asked_for():
    dataset = Dataset(source="bundled", degradation="provided", bad_input="quarantine")
    options = step_options.photos(dataset, (), 48)
    assert (options["low_resolution"], options["quarantine"]) == (True, True)
    assert options["least_px"] == 48


def test_only_training_pairs_have_several_sizes():
    dataset = Dataset(source="bundled", train_sizes=[1, 0.5])
    assert step_options.pairs(dataset, "train")["sizes"] == [1, 0.5]
    assert "sizes" not in step_options.pairs(dataset, "test")


def test_a_realistic_degradation_keeps_its_ranges_in_one_order():
    ranges = {"seed": 1, "blur_sigma_px": [0, 1]}
    options, turned = (
        step_options.pairs(
            Dataset(source="bundled", degradation="realistic", realistic=dict(order)), "test"
        )
        for order in (ranges.items(), reversed(ranges.items()))
    )
    assert options == turned
    assert json.loads(options["realistic"]).items() >= ranges.items()


def test_a_resize_has_size_and_filter():
    resize = {"size_px": [1200, 800], "filter": "nearest"}
    dataset = Dataset(source="download", download="unsplash", resize=resize)
    options = step_options.pairs(dataset, "test")
    assert (options["resize_px"], options["resize_filter"]) == ([1200, 800], "nearest")


def test_a_copy_of_ones_own_is_not_downloaded():
    section = Download(max_unpacked_mb=9, kaggle="owner/name", version=3)
    assert step_options.download(section) == {"max_unpacked_mb": 9, "dataset": "owner/name/3"}
    options = step_options.download(section.model_copy(update={"path": "my.zip"}))
    assert options == {"max_unpacked_mb": 9, "path": "my.zip", "sha256": None}


def test_a_split_has_names_and_shares_or_numbers_of_photos():
    options = step_options.split(Dataset(source="bundled", split={"test": 12, "validation": ["a"]}))
    assert (options["test_photos"], options["test_share"]) == (12, 0)
    assert (options["validation"], options["validation_share"]) == (("a",), 0.1)
    assert "test" not in options and "validation_photos" not in options
    assert options["measured"] == "test"


def test_lr_files_beside_a_folder_have_their_scale():
    section = {"source": "folder", "path": "hr", "lr_path": "lr", "degradation": "provided"}
    options = step_options.photos(Dataset(**section, scales=[3]), (), 48)
    assert (options["lr_folder"], options["lr_scale"], options["low_resolution"]) == ("lr", 3, True)
    inside = Dataset(**section, scales=[3], download="unsplash")
    assert step_options.photos(inside, DOWNLOAD, 48)["lr_folder"] == f"{DOWNLOAD[0]}/lr"


def test_training_makes_lr_itself_only_where_strengths_are_drawn_for_every_patch():
    assert step_options.train(Dataset(source="bundled", degradation="realistic")) == {}
    dataset = Dataset(source="bundled", realistic={"draws": "patch"})
    assert step_options.train(dataset) == {}
    dataset.degradation = "realistic"
    assert json.loads(step_options.train(dataset)["realistic"]) == dataset.realistic.model_dump()
