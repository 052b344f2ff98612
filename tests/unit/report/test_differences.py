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
    images = [image, changed(image, 100, 60, 64)]
    thin = [differences.thinned(each, (300, 200), 3) for each in images]
    assert thin[0].shape == (100, 67, 3)
    assert np.array_equal(thin[0], image[::3, ::3])
    ((x, y),) = differences.places_of_pairs(thin, 64, 3)
    assert (x, y) == pytest.approx((92, 132), abs=3)


def test_large_photos_are_thinned_and_small_ones_are_not():
    shapes = [(1, 1), (500, 500), (500, 501), (1356, 2040), (10_000, 10_000)]
    assert [differences.step_for(shape) for shape in shapes] == [1, 1, 2, 4, 20]


@pytest.mark.parametrize(("scale", "step"), [(2, 1), (2, 3), (6, 4)])
def test_a_smaller_image_is_enlarged_by_repeating_its_pixels(scale, step):
    image = noise(shape=(20, 30, 3))
    enlarged = image.repeat(scale, axis=0).repeat(scale, axis=1)
    thin = differences.thinned(image, enlarged.shape[:2], step)
    assert np.array_equal(thin, enlarged[::step, ::step])


def test_the_usual_error_leaves_out_the_largest_hundredth():
    truth = np.zeros((100, 100, 3), np.uint8)
    image = truth + np.uint8([3, 6, 9])
    image[0, :50] = 255
    assert differences.usual_error(image, truth) == differences.usual_error(truth, image) == 6
