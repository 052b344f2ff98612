"""Datasets that are like another one, apart from what they say themselves."""

from superres.core.errors import InputError


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
    own = {name: section for name, section in datasets.items() if not _is_like(section)}
    alike = {}
    for name, section in datasets.items():
        if name in own:
            continue
        if section["like"] not in own:
            raise InputError(
                f"configuration: 'datasets.{name}.like': unknown dataset {section['like']!r}; "
                f"allowed, as they are like no other: {', '.join(sorted(own)) or 'none'}"
            )
        alike[name] = _on_top(own[section["like"]], section)
    return config | {"datasets": datasets | alike}


def _is_like(section: object) -> bool:
    return isinstance(section, dict) and isinstance(section.get("like"), str)


def _on_top(below: object, above: object) -> object:
    """Sections key by key, anything else as it is above."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    both = {key: _on_top(below[key], above[key]) for key in below.keys() & above.keys()}
    return below | above | both
