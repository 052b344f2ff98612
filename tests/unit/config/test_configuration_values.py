"""Values of the configuration, as files and as `--config` give them."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from superres.config import complete, schema, values
from superres.config.likeness import merged
from superres.config.sections import Configuration
from superres.core.errors import InputError

ROOT = Path(__file__).parents[3]
DEFAULT = yaml.safe_load((ROOT / "config/config.yaml").read_text())


def read(text: str, loader=yaml.FullLoader) -> Configuration:
    """The default configuration with an overlay on top."""
    return complete(merged(DEFAULT, yaml.load(text, loader)))


def from_command_line(text: str) -> Configuration:
    """The same, read as Snakemake reads `--config`: everything is text."""
    return read(text, yaml.BaseLoader)


def overlays() -> list[list[str]]:
    """All shipped configurations, on top of what they need."""
    names = {file.name for file in (ROOT / "config").glob("*.yaml")} - {"config.yaml"}
    before = {
        "paper_small.yaml": ["paper.yaml"],
        "release.yaml": ["training_set.yaml"],
        "idea.yaml": ["training_set.yaml"],
        "front_free.yaml": ["front.yaml", "training_set.yaml"],
        "paper_free.yaml": ["paper.yaml", "paper_small.yaml"],
    }
    return [[*before.get(name, []), name] for name in sorted(names)]


@pytest.mark.parametrize("names", overlays(), ids=" ".join)
def test_a_configuration_of_text_alone_is_the_same(names):
    config = DEFAULT
    for name in names:
        config = merged(config, yaml.safe_load((ROOT / "config" / name).read_text()))
    text = yaml.load(yaml.safe_dump(config, sort_keys=False), yaml.BaseLoader)
    assert complete(text) == complete(config)


TRAINING = "models: {{lr_autoencoder: {{training: {{learning_rate: {}}}}}}}"


@pytest.mark.parametrize("load", [read, from_command_line])
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1e-3", 0.001),
        ("1E-3", 0.001),
        ("1.0e-3", 0.001),
        (".5e-1", 0.05),
        ("+5e-2", 0.05),
        ("0.25", 0.25),
        ("1", 1),
        ('"0.5"', 0.5),
    ],
)
def test_a_number_may_be_written_in_any_way(load, text, number):
    rate = load(TRAINING.format(text)).models["lr_autoencoder"].training.learning_rate
    assert rate == number
    assert isinstance(rate, float)


@pytest.mark.parametrize("load", [read, from_command_line])
@pytest.mark.parametrize("text", ["12", "12.0", "1.2e1", "1.2e+1", '"12"', "0xC"])
def test_a_whole_number_is_whole_wherever_one_is_wanted(load, text):
    config = load(f"""
        run: {{shards: {text}, seeds: [{text}]}}
        datasets: {{bundled: {{resize: {{size_px: [{text}, {text}]}}}}}}
        models:
          lr_autoencoder: {{options: {{channels: {text}}}, training: {{hr_patch_px: {text}}}}}
        sweeps:
          wide:
            model: lr_autoencoder
            dataset: bundled
            scale: 2
            grid: {{options.channels: [{text}], training.batch_size: [{text}]}}
        """)
    model = config.models["lr_autoencoder"]
    numbers = [
        config.run.shards,
        *config.run.seeds,
        *config.datasets["bundled"].resize.size_px,
        model.options["channels"],
        model.training.hr_patch_px,
        *config.sweeps["wide"].cells["wide~channels=12~batch_size=12"].values.values(),
    ]
    assert numbers == [12] * 8
    assert all(isinstance(number, int) for number in numbers)


@pytest.mark.parametrize("load", [read, from_command_line])
@pytest.mark.parametrize(
    "text", ["2.5", "true", "null", "four", "[2]", "{a: 2}", "1e400", ".inf", ".nan", "-.inf"]
)
def test_what_is_no_whole_number_is_named(load, text):
    with pytest.raises(InputError, match=r"'run\.shards'") as error:
        load(f"run: {{shards: {text}}}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["0" * 20 + "1", "010", "1:30", "9" * 5000])
def test_text_that_yaml_would_read_as_another_number_is_refused(text):
    with pytest.raises(InputError, match=r"'run\.shards': .* is not of type 'integer'"):
        from_command_line(f"run: {{shards: {text}}}")


def numbers(schema: dict, path: tuple = ()) -> list[tuple]:
    """Keys of all numbers of a schema, and of lists of numbers."""
    found = [path] if schema.get("type") in ("integer", "number") else []
    children = list(schema.get("properties", {}).items())
    if isinstance(schema.get("additionalProperties"), dict):
        children.append(("x", schema["additionalProperties"]))
    if "items" in schema:
        children.append(([], schema["items"]))
    return found + [key for name, child in children for key in numbers(child, (*path, name))]


NUMBERS = numbers(schema.of_configuration())


# Hexadecimal numbers may have more digits than Python prints.
@pytest.mark.parametrize("number", ["inf", "-inf", "nan", "1e12", "16 ** 5000"])
@pytest.mark.parametrize("path", NUMBERS, ids=str)
def test_every_number_has_a_largest_one(path, number):
    number = 16**5000 if "**" in number else float(number)
    value, key = number, ""
    for part in reversed(path):
        value, key = ([value], f"[0]{key}") if part == [] else ({part: value}, f".{part}{key}")
    with pytest.raises(InputError) as error:
        complete(merged(DEFAULT, value))
    assert f"'{key[1:]}'" in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", "1"),
        ("001", "1"),
        ("010", "8"),
        ("0x1F", "31"),
        ("1_000", "1000"),
        ("1.5", "1.5"),
        ("1:30", "90"),
        ("yes", "true"),
        ("off", "false"),
        ("2024-01-01", "2024-01-01 as a date"),
        ("~", "null"),
    ],
)
def test_text_that_yaml_takes_for_something_else_must_be_quoted(text, kind):
    for key, overlay in {
        "datasets.bundled.split.test[0]": "datasets: {bundled: {split: {test: [%s]}}}",
        "upscale.input": "upscale: {input: %s, output: x}",
        "datasets.bundled.trained_on": "datasets: {bundled: {trained_on: %s}}",
    }.items():
        with pytest.raises(InputError) as error:
            read(overlay % text)
        assert f"'{key}'" in str(error.value)
        assert kind in str(error.value)
        quoted = merged(DEFAULT, yaml.safe_load(overlay % f'"{text}"'))
        if "trained_on" not in overlay:
            assert complete(quoted) == from_command_line(overlay % text)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_text_stays_text(name):
    schema = {"type": "array", "items": {"type": "string"}}
    values.check_plain([name])
    assert values.read([name], schema) == [name]


@pytest.mark.parametrize("sign", ["\n", "\t", "\0", "\x7f", "\ud800"])
def test_control_characters_are_refused(sign):
    for overlay in (
        {"datasets": {"bundled": {"split": {"test": [f"a{sign}"]}}}},
        {"upscale": {"input": f"a{sign}", "output": "b"}},
        {"run": {"methods": ["bicubic", f"lanczos{sign}"]}},
    ):
        with pytest.raises(InputError, match="has a line break or another control character"):
            complete(merged(DEFAULT, overlay))


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [
        ("run: {gpu: %s}", {"yes": True, "on": True, "True": True, "no": False, "off": False}),
        ("run: {seeds: '%s'}", {"[1, 2]": [1, 2], "[3.0]": [3]}),
        ("datasets: {bundled: {resize: '%s'}}", {"{size_px: [64, 32.0]}": [64, 32]}),
    ],
)
def test_switches_lists_and_sections_may_be_text(overlay, expected):
    for text, value in expected.items():
        config = from_command_line(overlay % text)
        resize = config.datasets["bundled"].resize
        taken = [*config.run.model_dump().values(), resize and resize.size_px]
        assert value in taken


def bomb(levels: int, kind: type) -> object:
    """Something that is 10 ** levels values, in a few of them."""
    value: object = "x"
    for _ in range(levels):
        value = [value] * 10 if kind is list else dict.fromkeys("abcdefghij", value)
    return value


@pytest.mark.parametrize("kind", [list, dict])
@pytest.mark.parametrize("levels", [6, 9, 18])
def test_billions_of_values_are_counted_but_not_walked_through(levels, kind):
    with pytest.raises(InputError, match=rf"has 1e\+{levels:02} values; allowed: at most 200,000"):
        complete(DEFAULT | {"x": bomb(levels, kind)})
    text = yaml.safe_dump(bomb(levels, kind))
    for key, overlay in {"run": {"seeds": text}, "datasets": {"bundled": text}}.items():
        with pytest.raises(InputError):
            complete(merged(DEFAULT, {key: overlay}))


def test_what_holds_itself_is_refused():
    itself: list = []
    itself.append(itself)
    with pytest.raises(InputError, match="nested deeper than 20 levels"):
        complete(DEFAULT | {"x": itself})


@pytest.mark.parametrize("tag", ["!!set {a}", "!!binary aGk=", "!!python/tuple [1]"])
def test_kinds_of_values_that_no_key_takes_are_named(tag):
    with pytest.raises(InputError, match=r"'run\.x': no key takes a value of the kind"):
        read(f"run: {{x: {tag}}}")


def test_many_entries_of_all_kinds_are_compared_quickly():
    entries = [[number, {"a": number}, str(number)] for number in range(20_000)]
    with pytest.raises(InputError, match=r"split\.test\[0\]': .* is not of type 'string'"):
        complete(merged(DEFAULT, {"datasets": {"bundled": {"split": {"test": entries}}}}))


@pytest.mark.parametrize("entries", [[1, 1], [1, 1.0], [1, "1"]])
def test_entries_that_are_there_twice_are_named(entries):
    with pytest.raises(InputError, match=r"'run\.seeds': 1 is there twice"):
        complete(merged(DEFAULT, {"run": {"seeds": entries}}))


def test_long_values_do_not_fill_the_screen():
    with pytest.raises(InputError, match=r"^configuration: 'run\.shards': 'xxx.* \.\.\. ") as error:
        complete(merged(DEFAULT, {"run": {"shards": "x" * 10**5}}))
    assert len(str(error.value)) < 2 * values.LONGEST_MESSAGE


@pytest.mark.parametrize(("given", "read_as"), [("12", 12), ("'12'", 12), ("[a, b]", ["a", "b"])])
def test_a_key_of_two_types_takes_both(given, read_as):
    config = read(f"datasets: {{bundled: {{split: {{test: {given}, validation: []}}}}}}")
    assert config.datasets["bundled"].split.test == read_as


@pytest.mark.parametrize("given", ["1.5", "true", "some"])
def test_and_nothing_else(given):
    with pytest.raises(InputError, match=r"split\.test': .* is not of type 'array or integer'"):
        read(f"datasets: {{bundled: {{split: {{test: {given}}}}}}}")
