"""Datasets that are like another one, apart from what they say themselves."""

from superres.config import references


def filled(config):
    """Give datasets with the key `like` what that dataset has and they lack, in sections too.

    Args:
        config: with sections read, not checked yet; left unchanged.

    Returns:
        A configuration in which every such dataset is complete.

    Raises:
        InputError: names a dataset that is not there, or that is like another one itself.
    """
    datasets = config.get("datasets") if isinstance(config, dict) else None
    if not isinstance(datasets, dict):
        return config
    alike = {name: section for name, section in datasets.items() if _is_like(section)}
    own = sorted(datasets.keys() - alike.keys())
    for name, section in alike.items():
        kind = "dataset that is like no other"
        references.check_name(f"datasets.{name}.like", section["like"], kind, own)
    whole = {name: merged(datasets[section["like"]], section) for name, section in alike.items()}
    return config | {"datasets": datasets | whole}


def merged(below, above):
    """One configuration on top of another, as Snakemake does it: sections key by key."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return below | {key: merged(below.get(key), value) for key, value in above.items()}


def _is_like(section: object) -> bool:
    return isinstance(section, dict) and isinstance(section.get("like"), str)
