from pathlib import Path

import jsonschema
import pytest
import yaml

from superres.config import complete, schema
from superres.config.likeness import merged
from superres.core.errors import InputError

DEFAULT = yaml.safe_load((Path(__file__).parents[3] / "config/config.yaml").read_text())


def with_datasets(**datasets) -> dict:
    return merged(DEFAULT, {"datasets": datasets})


@pytest.mark.parametrize("as_text", [False, True])
def test_a_dataset_may_be_like_another_one(as_text):
    sharp = {"like": "bundled", "scales": [4], "split": {"validation": ["koala"], "seed": 1}}
    written = DEFAULT["datasets"]["bundled"] | {"scales": [4], "like": "bundled"}
    written["split"] = written["split"] | sharp["split"]
    given = yaml.safe_dump(sharp, default_flow_style=True).strip() if as_text else sharp
    datasets = complete(with_datasets(sharp=given)).datasets
    assert datasets["sharp"] == complete(with_datasets(sharp=written)).datasets["sharp"]
    assert datasets["sharp"].split.test == datasets["bundled"].split.test
    assert datasets["sharp"].train_sizes == datasets["bundled"].train_sizes
    assert datasets["bundled"] == complete(DEFAULT).datasets["bundled"]


def test_an_editor_sees_no_error_in_a_dataset_that_is_like_another_one():
    section = schema.of_configuration()["properties"]["datasets"]["additionalProperties"]
    jsonschema.validate({"like": "bundled"}, section)
    with pytest.raises(jsonschema.ValidationError, match="'source' is a required property"):
        jsonschema.validate({"path": "x"}, section)
    with pytest.raises(InputError, match=r"'datasets\.new\.source' is missing"):
        complete(with_datasets(new={"path": "x"}))


@pytest.mark.parametrize("like", ["absent", "sharp", "soft"])
def test_what_a_dataset_is_like_is_there_and_like_no_other(like):
    config = with_datasets(sharp={"like": like}, soft={"like": "bundled"})
    with pytest.raises(InputError, match=rf"'datasets\.sharp\.like': .*'{like}'; .*: bundled$"):
        complete(config)


@pytest.mark.parametrize("like", [["bundled"], 5, {"a": 1}])
def test_what_a_dataset_is_like_is_a_name(like):
    with pytest.raises(InputError, match=r"'datasets\.sharp\.like'"):
        complete(with_datasets(sharp={"like": like}))
