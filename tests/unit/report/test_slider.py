import numpy as np
from PIL import Image

from superres.report import slider


def test_the_divider_goes_from_one_image_to_the_other_and_back(tmp_path):
    before, after = (np.full((20, 160, 3), level, np.uint8) for level in (0, 255))
    slider.write(tmp_path / "a.webp", ("before", before), ("after", after))
    slider.write(tmp_path / "b.webp", ("before", before), ("after", after))
    assert (tmp_path / "a.webp").read_bytes() == (tmp_path / "b.webp").read_bytes()
    with Image.open(tmp_path / "a.webp") as loop:
        assert (loop.n_frames, loop.size, loop.info["loop"]) == (slider.FRAMES, (480, 60), 0)
        dark = []
        for number in range(loop.n_frames):
            loop.seek(number)
            # Above the labels.
            row = np.asarray(loop.convert("L"))[10]
            dark.append(int((row < 128).sum()))
    # Frames are the same on the way back.
    assert dark.index(max(dark)) == 0 and dark.index(min(dark)) == slider.FRAMES // 2
    assert dark[1:] == dark[:0:-1]
    assert max(dark) > 400 and min(dark) < 80
