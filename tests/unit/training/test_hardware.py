"""Devices, and the line that says what a training runs on."""

import logging

import pytest
import tensorflow as tf

from superres.training import hardware


def test_without_a_gpu_it_is_the_cpu_and_the_log_says_so(caplog):
    caplog.set_level(logging.INFO)
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is a GPU")
    for devices in ("one", "all"):
        caplog.clear()
        assert hardware.strategy(devices).num_replicas_in_sync == 1
        (message,) = caplog.messages
        assert message.startswith("training on 1 of 1 CPU, as there is no GPU: ")


def test_memory_grows_on_every_gpu(monkeypatch):
    grown = []
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [f"{kind}:0", f"{kind}:1"])
    monkeypatch.setattr(
        tf.config.experimental, "set_memory_growth", lambda gpu, on: grown.append((gpu, on))
    )
    hardware.grow_memory()
    assert grown == [("GPU:0", True), ("GPU:1", True)]
