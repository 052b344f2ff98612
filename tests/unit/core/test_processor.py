import os

from superres.core import processor


def test_processors_that_may_be_used_are_counted_on_every_system(monkeypatch):
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert processor.usable() == 1
    finally:
        os.sched_setaffinity(0, before)
    assert processor.usable() == len(before)
    # macOS has no such function.
    monkeypatch.delattr(os, "sched_getaffinity")
    assert processor.usable() == os.cpu_count()
