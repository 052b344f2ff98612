"""Optimisers of a training, picked by name."""

import keras
from keras import ops


class ConvolutionMuon(keras.optimizers.Muon):
    """Muon (Jordan et al. 2024) for the hidden convolutions, Adam for all other weights.

    A kernel is a matrix from all that it sees to its feature maps; the update is its momentum with
    all singular values brought to about one. Its size is that of an Adam step (Liu et al. 2025,
    arXiv:2502.16982), so that one learning rate fits both. Keras' own class knows matrices only.
    """

    def build(self, variables: list) -> None:
        """Find the kernels of hidden convolutions: all but the first and the last one."""
        kernels = [number for number, variable in enumerate(variables) if len(variable.shape) == 4]
        self.hidden = set(kernels[1:-1])
        super().build(variables)

    def _should_use_adamw(self, variable) -> bool:
        return self._get_variable_index(variable) not in self.hidden

    def zeropower_via_newtonschulz5(self, x, steps: int):
        """Bring the singular values of a kernel's matrix to about one; same shape."""
        return ops.reshape(super().zeropower_via_newtonschulz5(_matrix(x), steps), x.shape)

    def lr_adjust(self, x):
        """Scale an update of a kernel to the size of an Adam step; same shape."""
        return ops.reshape(super().lr_adjust(_matrix(x)), x.shape)


def _matrix(kernel):
    """(height, width, inputs, feature maps) to (height * width * inputs, feature maps)."""
    return ops.reshape(kernel, (-1, kernel.shape[-1]))


def adamw(learning_rate, weight_decay: float, **options) -> keras.optimizers.Optimizer:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019), Adam without."""
    return keras.optimizers.Adam(learning_rate, weight_decay=weight_decay or None, **options)


def muon(learning_rate, weight_decay: float, **options) -> keras.optimizers.Optimizer:
    """Muon for the hidden convolutions, with the same decoupled weight decay everywhere."""
    # None costs nothing; a decay of 0 would still compute the rate anew for every weight.
    decay = weight_decay or None
    return ConvolutionMuon(learning_rate, weight_decay=decay, adam_weight_decay=decay, **options)


OPTIMIZERS = {"adamw": adamw, "muon": muon}
