import pandas as pd
import pytest

from superres.paper import answers, findings, published_numbers

HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2, 3],
        "loss": [0.1, 0.01, 0.0024],
        "accuracy": [0.8, 0.89, 0.8936],
        "val_loss": [0.01, 0.00077, 0.0009],
        "val_accuracy": [0.9, 0.89, 0.88],
    }
)


def layers(**changes) -> pd.DataFrame:
    rows = [
        {"name": name, "type": kind, "output_shape": shape, "parameters": count, "trainable": count}
        for name, kind, shape, count in published_numbers.TABLE_1
    ]
    return pd.DataFrame(rows).assign(**changes)


def scores(mse: dict[str, float], accuracy: dict[str, float], photos=12, scale=2, **gain_db):
    """Scores that differ a little from photo to photo."""
    return pd.DataFrame(
        [
            {
                "scale": scale,
                "method": method,
                "seed": 0,
                "photo": str(photo),
                "mse_rgb": mse[method] * (1 + photo / 100),
                "accuracy": accuracy[method] - photo / 1000,
                "psnr_rgb_db": 30 + photo + gain_db.get(method, 0) * (1 + photo / 100),
                "psnr_y_db": 32.0,
            }
            for method in mse
            for photo in range(photos)
        ]
    )


GOOD_MODEL = scores(
    {"unchanged": 0.001, "bicubic": 0.0008, "model": 0.0005},
    {"unchanged": 0.90, "bicubic": 0.89, "model": 0.95},
    model=1.5,
)
BAD_MODEL = scores(
    {"unchanged": 0.001, "bicubic": 0.0007, "model": 0.003},
    {"unchanged": 0.98, "bicubic": 0.97, "model": 0.85},
    model=-2.0,
)
CLEAN = {"unchanged": 0.001, "bicubic": 0.001, "model": 0.001, "other": 0.001}


def clean(**gain_db) -> pd.DataFrame:
    return scores(CLEAN, CLEAN, **gain_db)


def splits(leaky: bool) -> dict[int, pd.DataFrame]:
    sides = {2: ["validation", "validation", "train"], 4: ["train" if leaky else "validation"] * 2}
    return {
        scale: pd.DataFrame(
            {"photo": ["a", "b", "c"], "scene": ["a", "b", "c"], "split": [*side, "train"][:3]}
        )
        for scale, side in sides.items()
    }


def findings_text(as_run=BAD_MODEL, clean_scores=None, leaky=True, ours=None) -> str:
    clean_scores = clean(model=-2.0, other=1.0) if clean_scores is None else clean_scores
    audit = findings.leakage({"paper": splits(leaky)})
    return "\n".join(
        answers.answer(
            findings.layers(layers() if ours is None else ours),
            findings.results(HISTORY, as_run, "model"),
            audit,
            as_run,
            clean_scores,
            "model",
            0.95,
            200,
        )
    )


def test_table_1_agrees_with_itself_and_tells_a_changed_row():
    table = findings.layers(layers())
    assert set(table["agrees"]) == {"yes"}
    assert len(table) == len(published_numbers.TABLE_1) + 1
    spoilt = layers()
    spoilt.loc[1, "parameters"] += 1
    table = findings.layers(spoilt)
    assert table.index[table["agrees"] == "no"].tolist() == [1, len(table) - 1]
    shorter = findings.layers(layers().iloc[:-1])
    assert shorter["agrees"].tolist()[-2:] == ["no", "no"]


def test_table_2_finds_the_papers_epochs_in_its_own_log():
    table = findings.results(HISTORY, BAD_MODEL, "model").set_index("row")
    flags = table["disagreement"]["paper, Table 2"]
    assert "val_loss 0.00077 is in epoch 9 of the log" in flags
    assert "val_accuracy 0.8783 is in epoch 10 of the log" in flags
    assert "accuracy 0.9088 is in no epoch of the log" in flags
    assert flags.endswith("epochs are mixed")
    assert table["epoch"]["paper's log, best epoch"] == 9
    assert table["epoch"]["ours, best epoch"] == 2
    assert table["epoch"]["ours, last epoch"] == 3


def test_table_2_flags_follow_the_numbers():
    table = findings.results(HISTORY, BAD_MODEL, "model").set_index("row")
    assert table["disagreement"]["ours, best epoch"] == "loss 4.35 times the log's"
    assert table["disagreement"]["ours, last epoch"] == "val_loss 1.11 times the log's"
    assert table["disagreement"]["bicubic"] == (
        "MSE below our model's; accuracy above our model's; "
        "MSE below the paper's table; accuracy above the paper's table"
    )
    table = findings.results(HISTORY, GOOD_MODEL, "model").set_index("row")
    assert table["disagreement"]["input unchanged"] == "accuracy above the paper's table"
    mean = table["val_loss"]["bicubic"]
    assert mean == pytest.approx(0.0008 * 1.055)
    assert table["psnr_of_mean_mse_db"]["bicubic"] == pytest.approx(30.74, abs=0.01)
    assert table["psnr_db"]["bicubic"] == pytest.approx(35.5)


def test_the_audit_counts_photos_that_are_learned_from_at_another_scale():
    audit = findings.leakage({"paper": splits(True), "clean": splits(False)})
    paper_rows, clean_rows = (audit[audit["dataset"] == name] for name in ("paper", "clean"))
    assert paper_rows["share_percent"].tolist() == [100]
    assert clean_rows["share_percent"].tolist() == [0, 0]
    assert clean_rows["scale"].tolist() == [2, 4]


def test_the_audit_counts_look_alikes_too():
    table = pd.DataFrame({"photo": ["a", "b"], "scene": ["s", "s"], "split": ["test", "train"]})
    audit = findings.leakage({"set": {2: table}})
    assert audit[["photos_in_training", "alike_in_training"]].to_numpy().tolist() == [[0, 1]]


def test_photos_that_look_like_training_photos_are_said_to_leak_something():
    table = pd.DataFrame({"photo": ["a", "b"], "scene": ["s", "s"], "split": ["test", "train"]})
    both = {}
    for name, rows in {"alike": table, "apart": table.assign(scene=["s", "t"])}.items():
        audit = findings.leakage({"set": {2: rows}}).assign(dataset="set")
        layer_table, result_table = (
            findings.layers(layers()),
            findings.results(HISTORY, BAD_MODEL, "model"),
        )
        arguments = (layer_table, result_table, audit, BAD_MODEL, clean(other=1.0), "model")
        both[name] = "\n".join(answers.answer(*arguments, 0.95, 200))
    assert "(0 of 1) are in training at some scale: 1 more look like a photo" in both["alike"]
    assert "nothing leaks" not in both["alike"]
    assert "nothing leaks, and none looks like a photo that is" in both["apart"]


def test_the_answer_turns_with_the_numbers():
    bad, good = (
        findings_text(BAD_MODEL),
        findings_text(GOOD_MODEL, clean(model=2.0, other=0.5), leaky=False),
    )
    for sentence, opposite in (
        (
            "in favour of the untouched input, so that accuracy says little of a model",
            "in favour of the model",
        ),
        ("bicubic is better", "the model is better"),
        ("100 % of the held-out photos (2 of 2)", "0 % of the held-out photos (0 of 2)"),
        ("no evidence of generalisation", "nothing leaks"),
        ("the paper's model gains -2.11 dB", "the paper's model gains +2.11 dB"),
    ):
        assert sentence in bad and sentence not in good
        assert opposite in good and opposite not in bad
    assert "It is the result of no epoch." in bad


def test_a_flat_photo_enters_no_mean_of_table_2():
    exact = (GOOD_MODEL["photo"] == "0") & (GOOD_MODEL["method"] != "model")
    flat = GOOD_MODEL.assign(psnr_rgb_db=GOOD_MODEL["psnr_rgb_db"].mask(exact, float("inf")))
    table = findings.results(HISTORY, flat, "model").set_index("row")
    assert table["psnr_db"]["bicubic"] == pytest.approx(36)
    assert table["psnr_db"]["ours, predictions in 8 bits"] == pytest.approx(36 + 1.5 * 1.06)


def test_the_answer_says_where_there_are_too_few_photos_for_an_interval():
    few = findings_text(BAD_MODEL[BAD_MODEL["photo"].astype(int) < 5])
    assert "(no interval, median" in few and "too few photos to tell" in few
    assert "nan" not in few and "no interval" not in findings_text()


def test_every_other_method_is_named_and_none_is_picked_by_its_test_score():
    for gain_db in (2.0, -2.0):
        text = findings_text(clean_scores=clean(model=0.5, other=gain_db))
        assert f"other gains {gain_db * 1.055:+.2f} dB" in text
        assert "unchanged gains +0.00 dB" in text and "best other" not in text


def test_the_answer_sees_no_difference_where_the_interval_holds_zero():
    table = clean(model=0.0, other=1.0)
    odd = (table["photo"].astype(int) % 2 == 1) & (table["method"] == "model")
    table["psnr_rgb_db"] += odd * 0.5 - (~odd & (table["method"] == "model")) * 0.5
    assert "over bicubic (95% interval -0." in findings_text(clean_scores=table)
    assert "): no difference shown." in findings_text(clean_scores=table)


def test_the_answer_says_what_does_not_reproduce_and_how_few_photos_there_are():
    assert "all 18 layers of Table 1 agree" in findings_text()
    spoilt = layers()
    spoilt.loc[1, "parameters"] += 1
    assert "2 rows of Table 1 differ (conv2d_10, total)" in findings_text(ours=spoilt)
    assert "The validation loss reproduces" in findings_text()
    assert "Fewer than 10 photos" not in findings_text()
    assert "Fewer than 10 photos" in findings_text(BAD_MODEL[BAD_MODEL["photo"] < "3"])
    assert "This run is smaller than the paper's" in findings_text()


def test_times_stand_beside_the_papers():
    timing = {"device": "d", "cpus": 2, "train_s": 5.0, "steps": 7, "step_s": 0.5}
    timing |= {"images_per_s": 8.0, "batch_size": 4, "tensorflow": "2"}
    table = findings.times({"paper": timing}, {"paper": "192x128 px"})
    assert table["train_s"].tolist() == [8365, 5.0]
    assert table["steps"].tolist() == [7990, 7]
    assert table["images_per_s"].tolist() == pytest.approx([3.81, 8.0], abs=0.01)
    assert table["device"].tolist() == ["not stated", "d, 2 processors"]
