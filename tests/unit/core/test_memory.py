import math

from superres.core import memory


def available_mb(root, free_kib, limit="max", used=0):
    for file, text in (
        ("proc/meminfo", f"MemTotal: 99 kB\nMemAvailable: {free_kib} kB\n"),
        ("sys/fs/cgroup/memory.max", f"{limit}\n"),
        ("sys/fs/cgroup/memory.current", f"{used}\n"),
    ):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return memory.available_mb(root)


def test_the_least_of_machine_and_control_group_is_free(tmp_path):
    assert available_mb(tmp_path, 1_000_000) == 1024
    assert available_mb(tmp_path, 1_000_000, 300_000_000, 100_000_000) == 200
    assert available_mb(tmp_path, 1_000_000, 300_000_000, 400_000_000) == 0


def test_a_system_that_tells_nothing_sets_no_limit(tmp_path):
    assert memory.available_mb(tmp_path) == math.inf


def test_tiles_take_a_share_of_what_is_free_and_no_more_than_helps(monkeypatch):
    monkeypatch.setattr(memory, "available_mb", lambda: 400)
    assert memory.for_features_mb() == 100
    monkeypatch.setattr(memory, "available_mb", lambda: math.inf)
    assert memory.for_features_mb() == 150
