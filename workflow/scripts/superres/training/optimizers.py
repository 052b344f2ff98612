"""Optimisers of a training, picked by name."""

import math

import keras
from keras import ops


class ConvolutionMuon(keras.optimizers.Muon):
    """Muon (Jordan et al. 2024) for the hidden convolutions, Adam for all other weights.

    A kernel is a matrix from all that it sees to its feature maps; the update is its momentum with
    all singular values brought to about one. Its size is that of an Adam step (Liu et al. 2025,
    arXiv:2502.16982), so that one learning rate fits both. Keras' own class knows matrices only.
    """

    def build(self, variables: list) -> None:
        """Tell the kernels between the first convolution and the last one from other weights."""
        kernels = [number for number, variable in enumerate(variables) if len(variable.shape) == 4]
        self.hidden = set(kernels[1:-1])
        super().build(variables)

    def _should_use_adamw(self, variable) -> bool:
        return self._get_variable_index(variable) not in self.hidden

    def _muon_update_step(self, gradient, variable, lr, m) -> None:
        self.assign_add(m, gradient + (self.momentum - 1) * m)
        ahead = ops.reshape(gradient + self.momentum * m, (-1, variable.shape[-1]))
        update = self.zeropower_via_newtonschulz5(ahead, self.ns_steps)
        size = self.rms_rate * math.sqrt(max(ahead.shape))
        self.assign_sub(variable, ops.reshape(lr * size * update, variable.shape))


def adamw(learning_rate, weight_decay: float, **options) -> keras.optimizers.Optimizer:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019)."""
    return keras.optimizers.AdamW(learning_rate, weight_decay=weight_decay, **options)


def muon(learning_rate, weight_decay: float, **options) -> keras.optimizers.Optimizer:
    """Muon for the hidden convolutions, with the same decoupled weight decay everywhere."""
    return ConvolutionMuon(
        learning_rate, weight_decay=weight_decay, adam_weight_decay=weight_decay, **options
    )


OPTIMIZERS = {"adamw": adamw, "muon": muon}
