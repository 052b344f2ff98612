import numpy as np
import pytest
from scipy.ndimage import correlate1d
from skimage.color import rgb2ycbcr
from skimage.metrics import structural_similarity

from superres.scoring import image_quality
from superres.scoring.photo_scores import SCORES


def images(noise=20, shape=(40, 48, 3)):
    rng = np.random.default_rng(0)
    truth = rng.integers(30, 225, shape)
    predicted = truth + rng.integers(-noise, noise + 1, shape)
    return truth.astype(np.uint8), predicted.astype(np.uint8)


def test_luma_is_bt601_in_studio_range():
    colours = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]])
    # ITU-R BT.601: Y = 16 + 65.481 R + 128.553 G + 24.966 B
    expected = [16, 235, 16 + 65.481, 16 + 128.553, 16 + 24.966]
    assert image_quality.luma(colours.astype(np.uint8))[0] * 255 == pytest.approx(
        expected, abs=1e-9
    )


def test_psnr_is_ten_log_of_one_over_the_mean_square_error():
    truth, predicted = (image / 255.0 for image in images())
    expected = -10 * np.log10(np.mean((truth - predicted) ** 2))
    assert image_quality.psnr_db(truth, predicted) == pytest.approx(expected, abs=1e-12)
    assert image_quality.psnr_db(truth, truth) == float("inf")


def test_ssim_is_wangs_formula_on_whole_windows():
    truth, predicted = (image_quality.luma(image) for image in images())
    offsets = np.arange(-5, 6)
    window = np.exp(-(offsets**2) / (2 * 1.5**2))
    window /= window.sum()

    def mean(x):
        return correlate1d(correlate1d(x, window, axis=0), window, axis=1)[5:-5, 5:-5]

    mu_x, mu_y = mean(truth), mean(predicted)
    var_x = mean(truth**2) - mu_x**2
    var_y = mean(predicted**2) - mu_y**2
    covariance = mean(truth * predicted) - mu_x * mu_y
    c1, c2 = 0.01**2, 0.03**2
    expected = ((2 * mu_x * mu_y + c1) * (2 * covariance + c2)) / (
        (mu_x**2 + mu_y**2 + c1) * (var_x + var_y + c2)
    )
    assert image_quality.ssim(truth, predicted) == pytest.approx(expected.mean(), abs=1e-9)


@pytest.mark.parametrize("shape", [(40, 48), (181, 239), (60, 50, 3)])
def test_luma_and_ssim_are_scikit_images(shape):
    truth, predicted = (image / 255.0 for image in images(60, shape))
    expected = structural_similarity(
        truth,
        predicted,
        data_range=1.0,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        channel_axis=-1 if len(shape) == 3 else None,
    )
    assert image_quality.ssim(truth, predicted) == pytest.approx(expected, abs=1e-12)
    image = images()[0]
    assert image_quality.luma(image) == pytest.approx(rgb2ycbcr(image)[..., 0] / 255, abs=1e-12)


def test_the_border_is_not_scored():
    truth, predicted = images(shape=(184, 184, 3))
    spoilt = predicted.copy()
    spoilt[:2], spoilt[-2:], spoilt[:, :2], spoilt[:, -2:] = 0, 0, 0, 0

    def cropped(image):
        return {name: image_quality.score(truth, image, 2)[name] for name in SCORES}

    assert cropped(spoilt) == cropped(predicted)
    spoilt[2, 2] ^= 255
    assert cropped(spoilt) != cropped(predicted)


def test_scores_do_not_depend_on_where_in_memory_the_images_are():
    truth, predicted = images(shape=(180, 181, 3))
    rng = np.random.default_rng(0)
    found = []
    for _ in range(20):
        copies = []
        for image in (truth, predicted):
            memory = np.empty(image.nbytes + 64, np.uint8)
            start = rng.integers(64)
            copies.append(memory[start : start + image.nbytes].reshape(image.shape))
            copies[-1][:] = image
        found.append((image_quality.score(*copies, 2), copies))
    assert all(scores == found[0][0] for scores, _ in found)


def test_a_perfect_prediction_and_a_tiny_one():
    truth, _ = images()
    scores = image_quality.score(truth, truth, 2)
    assert scores["psnr_y_db"] == float("inf")
    assert scores["ssim_rgb"] == pytest.approx(1)
    tiny = image_quality.score(truth[:2, :2], truth[2:4, :2], 2)
    assert np.isfinite(tiny["psnr_rgb_db"])
    assert np.isnan(tiny["ssim_y"])


def test_the_papers_own_metrics_are_keras():
    keras = pytest.importorskip("keras")
    truth, predicted = images(noise=60)
    scores = image_quality.score(truth, predicted, 2)
    x, y = truth / 255.0, predicted / 255.0
    assert scores["mse_rgb"] == pytest.approx(float(keras.losses.MeanSquaredError()(x, y)))
    accuracy = keras.metrics.CategoricalAccuracy()
    accuracy.update_state(x, y)
    assert 0.3 < scores["accuracy"] < 1
    assert scores["accuracy"] == pytest.approx(float(accuracy.result()), abs=1e-3)


@pytest.mark.parametrize("shape", [(176, 200), (181, 239), (200, 177)])
def test_ms_ssim_is_tensorflows(shape):
    tf = pytest.importorskip("tensorflow")
    truth, predicted = (image_quality.luma(image) for image in images(60, (*shape, 3)))
    expected = tf.image.ssim_multiscale(
        *(tf.constant(x[..., np.newaxis], tf.float64) for x in (truth, predicted)), 1.0
    )
    assert 0.1 < image_quality.ms_ssim(truth, predicted) < 0.99
    # TensorFlow computes in single precision.
    assert image_quality.ms_ssim(truth, predicted) == pytest.approx(float(expected), abs=2e-5)


def test_ms_ssim_needs_room_for_five_scales_after_the_border_crop():
    truth, predicted = images(shape=(180, 180, 3))
    assert np.isfinite(image_quality.score(truth, predicted, 2)["ms_ssim_y"])
    assert np.isnan(image_quality.score(truth, predicted, 3)["ms_ssim_y"])


def test_ms_ssim_of_the_negative_is_nothing():
    truth = image_quality.luma(images(shape=(180, 180, 3))[0])
    assert image_quality.ms_ssim(truth, 1 - truth) == 0
    assert image_quality.ms_ssim(truth, truth) == pytest.approx(1)


def test_the_error_of_each_channel_is_in_grey_levels():
    truth = np.full((40, 40, 3), 100, np.uint8)
    predicted = truth + np.array([0, 3, 10], np.uint8)
    predicted[:20, :, 1] = 100
    found = image_quality.score(truth, predicted, 2)
    assert found["rmse_red"] == 0 and found["rmse_blue"] == pytest.approx(10)
    assert found["rmse_green"] == pytest.approx(3 / np.sqrt(2))


def test_grey_photos_are_scored_on_their_grey_levels_where_papers_do():
    truth, predicted = images()
    colour = image_quality.score(truth, predicted, 2)
    assert colour["psnr_field_db"] == colour["psnr_y_db"]
    assert colour["ssim_field"] == colour["ssim_y"]
    grey, predicted_grey = (image[..., :1].repeat(3, axis=-1) for image in (truth, predicted))
    found = image_quality.score(grey, predicted_grey, 2, grey=True)
    inside = (slice(2, -2), slice(2, -2), 0)
    levels = [image[inside] / 255.0 for image in (grey, predicted_grey)]
    assert found["psnr_field_db"] == pytest.approx(image_quality.psnr_db(*levels), abs=1e-9)
    assert found["psnr_field_db"] == pytest.approx(found["psnr_y_db"] - 20 * np.log10(255 / 219))
