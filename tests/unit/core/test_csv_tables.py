import pandas as pd
import pytest

from superres.core import csv_tables
from superres.core.errors import InputError

ROW = {
    "photo": "NA",
    "file": 'a "b", c.png',
    "width_px": 4,
    "height_px": 5,
    "sha256": "0" * 64,
    "phash": " ".join(8 * ["0123456789012345"]),
}


def test_odd_names_survive(tmp_path):
    csv_tables.write(csv_tables.frame([ROW], "photos"), tmp_path / "a.csv", "photos")
    assert csv_tables.read([tmp_path / "a.csv"], "photos").to_dict("records") == [ROW]


def test_an_empty_shard_changes_no_type(tmp_path):
    csv_tables.write(csv_tables.frame([], "photos"), tmp_path / "a.csv", "photos")
    csv_tables.write(csv_tables.frame([ROW], "photos"), tmp_path / "b.csv", "photos")
    table = csv_tables.read([tmp_path / "a.csv", tmp_path / "b.csv"], "photos")
    assert table.to_dict("records") == [ROW]
    assert csv_tables.read([tmp_path / "a.csv"], "photos").empty


def test_nan_and_infinity_survive(tmp_path):
    row = {
        "scale": 2,
        "method": "m",
        "seed": 0,
        "photo": "a",
        "psnr_rgb_db": float("inf"),
        "psnr_y_db": 30.5,
        "ssim_rgb": float("nan"),
        "ssim_y": 1.0,
        "ms_ssim_y": float("nan"),
        "flip": 0.0,
        "psnr_field_db": float("inf"),
        "ssim_field": 1.0,
        "rmse_red": 0.0,
        "rmse_green": 0.0,
        "rmse_blue": 0.0,
        "mse_rgb": 0.0,
        "accuracy": 1.0,
        "hr_sha256": "0" * 64,
        "prediction_sha256": "0" * 64,
    }
    csv_tables.write(csv_tables.frame([row], "metrics"), tmp_path / "a.csv", "metrics")
    read = csv_tables.read([tmp_path / "a.csv"], "metrics")
    pd.testing.assert_frame_equal(read, pd.DataFrame([row]), check_dtype=False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("photo,scene\na,b\n", "columns are photo, scene; expected photo, scene, split"),
        ("photo,scene,split\na,b,tset\n", "line 2, column 'split': 'tset' is not one of"),
        ("photo,scene,split\na,a,test\n,b,test\n", "line 3, column 'photo'"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(tmp_path, text, message):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        csv_tables.read([tmp_path / "a.csv"], "split")


def test_nothing_wrong_is_written(tmp_path):
    with pytest.raises(InputError):
        csv_tables.write(
            csv_tables.frame([ROW | {"width_px": 0}], "photos"), tmp_path / "a.csv", "photos"
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"\x80photo,file\n", b'photo\n"a\n', b"a,b\n1,2,3\n1\n1,2,3,4"]
)
def test_what_is_no_table_is_refused_in_one_line(content, tmp_path):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(
        InputError, match=r"a\.csv: (cannot be read as a table|columns are)"
    ) as error:
        csv_tables.read([tmp_path / "a.csv"], "photos")
    assert "\n" not in str(error.value)
