"""Files of the configuration, before anything else reads them."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from superres.config.files import check_file, check_text
from superres.core.errors import InputError

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("file", sorted((ROOT / "config").glob("*.yaml")), ids=lambda f: f.name)
def test_shipped_files_are_accepted(file):
    check_file(file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: the key 'a' is there twice; remove one of them"),
        ("a:\n  b: {c: 1, 'c': 2}\n", "line 2: the key 'c' is there twice"),
        ("- a\n- {b: [1], c: {}, b: 2}\n", "line 2: the key 'b' is there twice"),
        ("a: &x {b: 1, b: 2}\nc: *x\n", "line 1: the key 'b' is there twice"),
        ('{"a":\n\t{"b": 1, "b": 2}}', "the key 'b' is there twice"),
        ("a: [1\nb: 2", "line 2: is no YAML: "),
        ("a: *x", "line 1: is no YAML: found undefined alias"),
        ("a: 1\n---\nb: 2", "is no YAML: but found another document"),
        ("a: &a [*a]", "is no YAML: found unconstructable recursive node"),
        ("a: \0", "is no YAML: "),
        ("[" * 10**5, "line 1: nested deeper than 20 levels"),
        ("a: " + "{a: " * 25 + "1" + "}" * 25, "line 1: nested deeper than 20 levels"),
        ('"\\ud800": 1', "is no YAML: "),
        ("a: 1\nb: [2, 010]", "line 2: YAML reads 010 to another base than 10; write another"),
        ("a: 1:30", "line 1: YAML reads 1:30 to another base"),
        ("", "has no keys at its top level"),
        ("[1, 2]", "has no keys at its top level"),
        ("word", "has no keys at its top level"),
        ("null", "has no keys at its top level"),
    ],
)
def test_what_would_be_read_wrongly_is_named_with_its_line(tmp_path, text, message):
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(InputError) as error:
        check_file(tmp_path / "mine.yaml")
    assert str(error.value).startswith(f"{tmp_path}/mine.yaml: ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffa: 1",
        '{"a":\t{"b": "\\ud83d\\ude00"}}',
        "a: &x {b: 1}\nc: {<<: *x, b: 2}\nd: {<<: [*x, *x], e: 1}",
        "a: {x: 1}\nb: {x: 1}",
        "a: [{x: 1}, {x: 1}]",
        'a: "010"\nb: 0.5\nc: 10\nd: 0\ne: 00:1a',
        "a: {}\nb: []",
    ],
)
def test_all_else_is_left_to_those_who_read_it(tmp_path, text):
    (tmp_path / "mine.yaml").write_text(text)
    check_file(tmp_path / "mine.yaml")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "latin.yaml").write_bytes("# caf\xe9".encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.yaml: is not UTF-8 at byte 5; save it with"):
        check_file(tmp_path / "latin.yaml")
    with pytest.raises(InputError, match=f"{tmp_path}: Is a directory"):
        check_file(tmp_path)


@pytest.mark.parametrize("kind", ["[{}]", "{{{}}}"])
@pytest.mark.parametrize("levels", [6, 9, 15])
def test_an_anchor_bomb_is_counted_but_not_made(tmp_path, kind, levels):
    lines = ["a0: &a0 x"]
    for level in range(1, levels + 1):
        entries = [f"*a{level - 1} " if "[" in kind else f"{n}: *a{level - 1} " for n in range(10)]
        lines.append(f"a{level}: &a{level} " + kind.format(", ".join(entries)))
    (tmp_path / "bomb.yaml").write_text("\n".join(lines))
    with pytest.raises(InputError, match=rf"bomb\.yaml: has 1e\+{levels:02} values; allowed: at m"):
        check_file(tmp_path / "bomb.yaml")


sections = st.recursive(
    st.integers(-9, 9) | st.booleans() | st.text("abc:,{}[]#&*'\" \n", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abc<", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(sections, st.booleans())
def test_what_is_written_by_a_program_has_nothing_twice(content, flow):
    check_text("--config x", yaml.safe_dump(content, default_flow_style=flow))


@given(st.text("ab:,{}[]&*'\"- \n\t", max_size=30))
def test_any_text_is_read_or_refused_in_one_line(text):
    try:
        check_text("--config x", text)
    except InputError as error:
        assert "\n" not in str(error)
