"""Recipes read from the configuration's JSON."""

import pytest

from superres.config import complete
from superres.training import recipe


def read(**training):
    model = {"architecture": "espcn", "training": training}
    run = {"datasets": ["d"], "methods": ["bicubic", "m"]}
    config = {"run": run, "datasets": {"d": {"source": "bundled"}}, "models": {"m": model}}
    return recipe.read(complete(config).models["m"].model_dump_json(exclude_none=True))


@pytest.mark.parametrize(
    ("training", "budget"),
    [
        ({"epochs": 3}, recipe.Epochs(3)),
        ({"epochs": 3, "steps": 40}, recipe.Steps(40)),
        ({"steps": 40, "hr_megapixels": 0.5}, recipe.HrMegapixels(0.5)),
        ({"steps": 40, "hr_megapixels": 3, "minutes": 0.5}, recipe.Minutes(0.5)),
    ],
)
def test_one_budget_decides(training, budget):
    assert read(**training).budget == budget


@pytest.mark.parametrize(
    ("training", "schedule"),
    [
        ({"schedule": "cosine", "warmup_steps": 7}, recipe.Cosine(7)),
        ({"schedule": "constant", "warmup_steps": 7}, recipe.Constant()),
        (
            {"schedule": "plateau", "plateau_epochs": 2, "plateau_factor": 0.5},
            recipe.Plateau(2, 0.5, 1e-8),
        ),
    ],
)
def test_a_schedule_holds_what_it_uses(training, schedule):
    assert read(**training).schedule == schedule


def test_whole_images_have_no_patches():
    assert read(input="images", hr_patch_px=32).input == recipe.WholeImages()
    assert read(hr_patch_px=32).input.side_px(4) == 32


def test_hr_patches_grow_with_the_scale_where_lr_patches_are_alike():
    patches = read(hr_patch_px=20, lr_patch_px=16).input
    assert [patches.side_px(scale) for scale in (2, 3, 4)] == [32, 48, 64]


def test_what_is_not_used_changes_no_recipe():
    assert read(input="images", draw="area") == read(input="images", draw="photo")
    assert read(draw="area") != read(draw="photo")
