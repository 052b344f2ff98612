import numpy as np
import pytest

from superres.data import pair_files
from superres.images.rgb_files import read_rgb
from superres.scoring import precision_loss


def test_the_loss_is_that_of_psnr_photo_by_photo(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        hr = rng.integers(50, 200, (20, 24, 3)).astype(np.uint8)
        pair_files.write(tmp_path, name, hr[::2, ::2], hr)
    pairs = pair_files.photos([tmp_path])
    hr_of = {read_rgb(pair.lr).tobytes(): read_rgb(pair.hr) for pair in pairs}
    (first, second) = hr_of

    def off_by(levels: dict[bytes, int]):
        return lambda lr: hr_of[lr.tobytes()] + np.uint8(levels[lr.tobytes()])

    exact = off_by({first: 2, second: 2})
    lost = precision_loss.lost_db(exact, off_by({first: 2, second: 4}), pairs, scale=2)
    # Twice the error is 20 log10(2) dB.
    assert lost == {
        "photos": 2,
        "mean_lost_db": pytest.approx(3.0103, abs=1e-4),
        "most_lost_db": pytest.approx(6.0206, abs=1e-4),
    }
    # The border does not count.
    framed = lambda lr: np.pad(exact(lr)[2:-2, 2:-2], ((2, 2), (2, 2), (0, 0)))  # noqa: E731
    assert precision_loss.lost_db(exact, framed, pairs, scale=2)["most_lost_db"] == 0
