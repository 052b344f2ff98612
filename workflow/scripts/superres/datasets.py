"""Training batches: random aligned patches, drawn from a seed and the position alone."""

import keras
import numpy as np


def to_unit_range(image: np.ndarray) -> np.ndarray:
    """uint8 to float32 in [0, 1], same shape."""
    return image.astype(np.float32) / 255.0


def enlarge(lr: np.ndarray, scale: int) -> np.ndarray:
    """NEAREST up-sampling of (..., height, width, 3) by a whole factor, as the dataset does it."""
    return lr.repeat(scale, axis=-3).repeat(scale, axis=-2)


class PatchBatches(keras.utils.PyDataset):
    """Batches of aligned LR/HR patches.

    Batch `i` depends on the seed and on `i` alone, never on what was drawn before, so a run that
    resumes sees the same data as one that never stopped.

    Args:
        pairs: (lr, hr) uint8 arrays (h, w, 3) and (h * scale, w * scale, 3); photos are drawn
            in proportion to their area.
        scale: whole factor between them.
        input_scale: factor by which LR patches are enlarged (NEAREST) before they enter the model.
        patch_px: side of an HR patch in pixels, a multiple of the scale.
        batch_size: patches a batch.
        batches: batches an epoch.
        seed: any whole number.
        augment: random flips and quarter turns.

    Yields:
        float32 in [0, 1]: (batch, p, p, 3) and (batch, patch_px, patch_px, 3).
    """

    def __init__(
        self, pairs, scale, input_scale, patch_px, batch_size, batches, seed, augment
    ) -> None:
        super().__init__()
        self.pairs = pairs
        self.scale = scale
        self.input_scale = input_scale
        self.lr_patch_px = patch_px // scale
        self.batch_size = batch_size
        self.batches = batches
        self.seed = seed
        self.augment = augment
        self.epoch = 0
        area_px = np.array([lr.shape[0] * lr.shape[1] for lr, _ in pairs], dtype=np.float64)
        self.share = area_px / area_px.sum()

    def __len__(self) -> int:
        return self.batches

    def on_epoch_end(self) -> None:
        """Move on to the next epoch's batches."""
        self.epoch += 1

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng([self.seed, self.epoch, index])
        drawn = [self._patch(rng) for _ in range(self.batch_size)]
        lr = np.stack([lr for lr, _ in drawn])
        hr = np.stack([hr for _, hr in drawn])
        return to_unit_range(enlarge(lr, self.input_scale)), to_unit_range(hr)

    def _patch(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        lr, hr = self.pairs[rng.choice(len(self.pairs), p=self.share)]
        side = self.lr_patch_px
        top = rng.integers(lr.shape[0] - side + 1)
        left = rng.integers(lr.shape[1] - side + 1)
        lr = lr[top : top + side, left : left + side]
        top, left, side = top * self.scale, left * self.scale, side * self.scale
        hr = hr[top : top + side, left : left + side]
        if self.augment:
            turns, flip = rng.integers(4), rng.integers(2)
            lr, hr = (np.rot90(image, turns) for image in (lr, hr))
            if flip:
                lr, hr = lr[:, ::-1], hr[:, ::-1]
        return lr, hr
