import numpy as np
import pytest

from superres.report import differences


def noise(seed=0, shape=(30, 40, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def changed(image, top, left, side=8):
    other = image.copy()
    other[top : top + side, left : left + side] ^= 128
    return other


@pytest.mark.parametrize(("top", "left"), [(0, 0), (22, 32), (5, 17)])
def test_the_region_is_where_images_differ(top, left):
    image = noise()
    images = [image, changed(image, top, left), image]
    assert differences.most_different(images, 8) == (top, left)


def test_a_small_image_is_taken_whole():
    images = [noise(shape=(5, 6, 3)), noise(1, (5, 6, 3))]
    assert differences.most_different(images, 8) == (0, 0)
    assert differences.places_of_pairs(images, 8) == [(3, 2)]


def test_every_pair_has_its_place_and_equal_images_have_none():
    image = noise()
    images = [image, changed(image, 5, 17), image, changed(image, 20, 2)]
    first, last = (21, 9), (6, 24)
    # 0 and 1, 0 and 2, 0 and 3, 1 and 2, 1 and 3, 2 and 3; both places of 1 and 3 are as far off.
    assert differences.places_of_pairs(images, 8) == [first, None, last, first, first, last]


def test_a_difference_counts_whichever_image_is_brighter():
    dark, bright = np.zeros((2, 20, 20, 3), np.uint8)
    bright[4:8, 4:8] = 255
    dark[12:16, 12:16] = 10
    assert differences.places_of_pairs([dark, bright], 4) == [(6, 6)]
    assert differences.places_of_pairs([bright, dark], 4) == [(6, 6)]


def test_places_in_a_thinned_image_are_those_of_the_whole():
    image = noise(shape=(300, 200, 3))
    other = changed(image, 100, 60, 64)
    (thin, step), (thin_other, _) = (differences.thinned(each, 10_000) for each in (image, other))
    assert (thin.shape, step) == ((100, 67, 3), 3)
    ((x, y),) = differences.places_of_pairs([thin, thin_other], 64, step)
    assert (x, y) == pytest.approx((92, 132), abs=3)


def test_a_photo_that_is_small_enough_is_not_thinned():
    image = noise()
    thin, step = differences.thinned(image)
    assert step == 1
    assert np.array_equal(thin, image)


def test_the_usual_error_leaves_out_the_largest_hundredth():
    truth = np.zeros((100, 100, 3), np.uint8)
    image = truth + np.uint8([3, 6, 9])
    image[0, :50] = 255
    assert differences.usual_error(image, truth) == differences.usual_error(truth, image) == 6
