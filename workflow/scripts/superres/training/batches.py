"""Training batches: random aligned patches, or whole images in the order of Keras."""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import tensorflow as tf

from superres.core.memory import BYTES_PER_MB
from superres.data.pair_files import Pair, arrays

# One part of the photos in use, the next on its way.
PARTS_HELD = 2

# Both parameters of the Beta distribution that blends patches.
MIXUP = 1.2

# LR pixels around a patch that is degraded on its own, least and most: more than what blur and
# filters reach over, and different places in the 16x16 blocks of JPEG.
MARGIN_PX = 8, 24


def to_unit_range(image: np.ndarray) -> np.ndarray:
    """uint8 to float32 in [0, 1], same shape."""
    return image.astype(np.float32) / 255.0


def enlarge(lr: np.ndarray, scale: int) -> np.ndarray:
    """NEAREST up-sampling of (..., height, width, 3) by a whole factor, as the dataset does it."""
    return lr.repeat(scale, axis=-3).repeat(scale, axis=-2)


Degrade = Callable[[np.ndarray, np.random.Generator], np.ndarray]


class PhotoPool:
    """Training photos in memory: all of them, or as many as fit, others in every epoch.

    The photos of an epoch depend on the seed and on the epoch alone; as many epochs as there are
    parts see every photo once. The next part is read while one is in use.

    Args:
        pairs: photos to learn from.
        most_mb: that decoded photos may take.
        seed: any whole number.
    """

    def __init__(self, pairs: list[Pair], most_mb: float, seed: int) -> None:
        self.pairs = pairs
        self.seed = seed
        sizes, most = [pair.decoded_bytes() for pair in pairs], most_mb * BYTES_PER_MB
        # Whichever photos meet in two parts.
        fitting = int(most // (PARTS_HELD * max(sizes)))
        in_a_part = len(pairs) if sum(sizes) <= most else max(fitting, 1)
        self.parts = math.ceil(len(pairs) / in_a_part)
        self.reader = ThreadPoolExecutor(1)
        self.held: dict[int, Future] = {}

    def at(self, epoch: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Pairs (lr, hr) of an epoch (from 0): uint8 (h, w, 3), (h * scale, w * scale, 3)."""
        if self.parts == 1:
            epoch = 0
        if epoch not in self.held:
            wanted = range(epoch, epoch + min(self.parts, PARTS_HELD))
            self.held = {
                each: self.held.get(each) or self.reader.submit(self._read, each) for each in wanted
            }
        return self.held[epoch].result()

    def _read(self, epoch: int) -> list[tuple[np.ndarray, np.ndarray]]:
        passes, part = divmod(epoch, self.parts)
        order = np.random.default_rng([self.seed, passes]).permutation(len(self.pairs))
        return arrays([self.pairs[number] for number in sorted(order[part :: self.parts])])


class PatchBatches:
    """Batches of aligned LR/HR patches.

    A batch depends on the seed, its epoch and its position alone, never on what was drawn before,
    so a run that resumes sees the same data as one that never stopped.

    Args:
        photos: gives the pairs of an epoch, as `PhotoPool.at` does.
        scale: whole factor between them.
        input_scale: factor by which LR patches are enlarged (NEAREST) before they enter the model.
        patch_px: side of an HR patch in pixels, a multiple of the scale.
        batch_size: patches a batch.
        batches: batches an epoch.
        seed: any whole number.
        draw: `photo` draws every photo as often as any other, `area` large ones more often.
        augment: any of `flip`; `turn`, by quarters; `channels`, which shuffles the colours; `mixup`
            (Zhang et al. 2018), which blends two patches of a batch by a share from Beta(1.2, 1.2).
        degrade: makes LR from HR and a generator of random numbers, uint8, in place of the pairs'
            LR.
    """

    def __init__(
        self,
        photos,
        scale,
        input_scale,
        patch_px,
        batch_size,
        batches,
        seed,
        draw,
        augment,
        degrade: Degrade | None = None,
    ) -> None:
        self.photos = photos
        self.scale = scale
        self.input_scale = input_scale
        self.patch_px = patch_px
        self.lr_patch_px = patch_px // scale
        self.batch_size = batch_size
        self.batches = batches
        self.seed = seed
        self.augment = augment
        self.draw = draw
        self.degrade = degrade
        self.pairs: list = []

    def dataset(self, first_epoch: int) -> tf.data.Dataset:
        """Batches of `first_epoch` (from 0) and all later ones; two are drawn in advance."""

        def drawn() -> Iterator[tuple[np.ndarray, np.ndarray]]:
            for epoch in itertools.count(first_epoch):
                for position in range(self.batches):
                    yield self.at(epoch, position)

        sides_px = self.lr_patch_px * self.input_scale, self.patch_px
        lr, hr = (tf.TensorSpec((self.batch_size, side, side, 3)) for side in sides_px)
        return tf.data.Dataset.from_generator(drawn, output_signature=(lr, hr)).prefetch(2)

    def at(self, epoch: int, position: int) -> tuple[np.ndarray, np.ndarray]:
        """One batch; epochs and positions in them count from 0.

        Returns:
            float32 in [0, 1]: (batch, p, p, 3) and (batch, patch_px, patch_px, 3).
        """
        rng = np.random.default_rng([self.seed, epoch, position])
        self._turn_to(self.photos(epoch))
        drawn = [self._patch(rng) for _ in range(self.batch_size)]
        lr, hr = (to_unit_range(np.stack(images)) for images in zip(*drawn, strict=True))
        if "mixup" in self.augment:
            share = rng.beta(MIXUP, MIXUP, (self.batch_size, 1, 1, 1)).astype(np.float32)
            lr, hr = (share * x + (1 - share) * np.roll(x, 1, axis=0) for x in (lr, hr))
        return enlarge(lr, self.input_scale), hr

    def _turn_to(self, pairs: list[tuple[np.ndarray, np.ndarray]]) -> None:
        if pairs is self.pairs:
            return
        self.pairs = pairs
        areas = [lr.shape[0] * lr.shape[1] if self.draw == "area" else 1.0 for lr, _ in pairs]
        self.share = np.array(areas) / sum(areas)

    def _patch(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        lr, hr = self.pairs[rng.choice(len(self.pairs), p=self.share)]
        side = self.lr_patch_px
        top = rng.integers(lr.shape[0] - side + 1)
        left = rng.integers(lr.shape[1] - side + 1)
        if self.degrade:
            lr = self._degraded(self.degrade, hr, top, left, rng)
        else:
            lr = lr[top : top + side, left : left + side]
        top, left, side = top * self.scale, left * self.scale, side * self.scale
        hr = hr[top : top + side, left : left + side]
        if "turn" in self.augment:
            turns = int(rng.integers(4))
            lr, hr = np.rot90(lr, turns), np.rot90(hr, turns)
        if "flip" in self.augment and rng.integers(2):
            lr, hr = lr[:, ::-1], hr[:, ::-1]
        if "channels" in self.augment:
            order = rng.permutation(3)
            lr, hr = lr[..., order], hr[..., order]
        return lr, hr

    def _degraded(
        self, degrade: Degrade, hr: np.ndarray, top: int, left: int, rng: np.random.Generator
    ) -> np.ndarray:
        """The LR patch at a place in LR pixels, made with what is around it."""
        side, scale = self.lr_patch_px, self.scale
        before, after = rng.integers(*MARGIN_PX, (2, 2), endpoint=True)
        first = np.maximum([top, left] - before, 0)
        ends = np.array([top, left]) + side + after
        rows, columns = (
            slice(start * scale, end * scale) for start, end in zip(first, ends, strict=True)
        )
        lr = degrade(hr[rows, columns], rng)
        top, left = [top, left] - first
        return lr[top : top + side, left : left + side]


def keras_order(count: int, batch_size: int, seed: int) -> Iterator[np.ndarray]:
    """Positions batch by batch, for ever, as Keras' ImageDataGenerator iterators shuffle them.

    Every pass over the images ends with a smaller batch where the batch size is no divisor; an
    epoch of `count // batch_size` steps does not end where a pass ends.

    Args:
        count: number of images.
        batch_size: images a batch.
        seed: the iterators' own.

    Yields:
        int arrays of at most `batch_size` positions.
    """
    batches = -(-count // batch_size)
    for passes in itertools.count():
        order = np.random.RandomState(seed + passes * batches).permutation(count)
        yield from np.split(order, range(batch_size, count, batch_size))


def common_size_px(pairs: list[Pair], period_px: int) -> tuple[int, int]:
    """Width and height that all HR images have, as multiples of the network's period."""
    sizes_px = [pair.hr_size_px() for pair in pairs]
    width_px, height_px = (
        min(sides) // period_px * period_px for sides in zip(*sizes_px, strict=True)
    )
    return width_px, height_px


def image_batches(
    pairs: list[Pair], order: Callable[[], Iterable[np.ndarray]], size_px: tuple[int, int]
) -> tf.data.Dataset:
    """Whole images, decoded in parallel as they are needed, so that memory stays constant.

    Args:
        pairs: LR beside HR images.
        order: gives the positions of every batch.
        size_px: width and height; larger images lose their right and lower edge.

    Returns:
        Batches of uint8 (batch, height, width, 3): LR images in HR size (NEAREST up-sampled where
        they are not stored like that), and HR images.
    """
    lr_files = np.array([str(pair.enlarged or pair.lr) for pair in pairs])
    hr_files = np.array([str(pair.hr) for pair in pairs])

    def files() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for positions in order():
            yield lr_files[positions], hr_files[positions]

    def decode(lr_file, hr_file):
        lr, hr = _decoded(lr_file), _decoded(hr_file)
        # Two images of one size need no copy.
        lr = tf.cond(
            tf.reduce_all(tf.shape(lr) == tf.shape(hr)),
            lambda: lr,
            lambda: tf.image.resize(lr, tf.shape(hr)[:2], method="nearest"),
        )
        return tuple(_cropped(image, size_px) for image in (lr, hr))

    image = tf.TensorSpec((size_px[1], size_px[0], 3), tf.uint8)
    names = tf.TensorSpec((None,), tf.string)
    return (
        tf.data.Dataset.from_generator(files, output_signature=(names, names))
        .map(
            lambda *batch: tf.map_fn(
                lambda names: decode(*names), batch, fn_output_signature=(image, image)
            ),
            num_parallel_calls=tf.data.AUTOTUNE,
        )
        .prefetch(2)
    )


def _decoded(file):
    """uint8 RGB of a PNG or JPEG file, the same pixels as Pillow gives."""
    content = tf.io.read_file(file)
    return tf.cond(
        tf.io.is_jpeg(content),
        lambda: tf.io.decode_jpeg(content, channels=3, dct_method="INTEGER_ACCURATE"),
        lambda: tf.io.decode_png(content, channels=3),
    )


def _cropped(image, size_px: tuple[int, int]):
    width_px, height_px = size_px
    shape = tf.shape(image)
    image = tf.cond(
        tf.logical_and(shape[0] == height_px, shape[1] == width_px),
        lambda: image,
        lambda: image[:height_px, :width_px],
    )
    return tf.ensure_shape(image, (height_px, width_px, 3))
