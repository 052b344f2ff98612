"""Section `datasets`: photos, how LR is made of them, and their split."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, PrivateAttr

from superres.config.sections.base import FILLED, PathText, Scale, Section, Seed, key

Photos = Annotated[int, Field(ge=0)]


class Realistic(Section):
    """Strengths of the degradation `realistic`.

    They are drawn for every photo from these ranges and recorded in `degradation.csv` beside its
    pairs; with `draws: patch`, training draws anew for every patch.
    """

    blur_sigma_px: list[Annotated[float, Field(ge=0, le=10)]] = key(
        "Sigma of the Gaussian blur, lowest and highest.",
        default=[0.2, 1.5],
        unit="HR px",
        entries=2,
    )
    noise_sigma: list[Annotated[float, Field(ge=0, le=50)]] = key(
        "Sigma of the Gaussian noise, lowest and highest.",
        default=[0, 5],
        unit="grey levels of 255",
        entries=2,
    )
    jpeg_quality: list[Annotated[int, Field(ge=1, le=95)]] = key(
        "Quality of the JPEG file, lowest and highest.",
        default=[60, 95],
        unit="Pillow's, 1 to 95",
        entries=2,
    )
    sharpening: list[Annotated[float, Field(ge=0, le=5)]] = key(
        "How much of the difference from a blur of 1 LR px is added to LR, lowest and highest.",
        default=[0, 0],
        unit="share of 1",
        entries=2,
    )
    blur_share: float = key("How often it is blurred.", default=1, unit="share of 1", ge=0, le=1)
    noise_share: float = key("How often it has noise.", default=1, unit="share of 1", ge=0, le=1)
    jpeg_share: float = key("How often it is a JPEG.", default=1, unit="share of 1", ge=0, le=1)
    jpeg_twice_share: float = key(
        "How often what is a JPEG was made from another one, of a quality from the same range and "
        "with blocks that began elsewhere, as when a cropped picture is saved again.",
        default=0,
        unit="share of 1",
        ge=0,
        le=1,
    )
    sharpening_share: float = key(
        "How often it is sharpened.", default=1, unit="share of 1", ge=0, le=1
    )
    filters: list[Literal["nearest", "box", "bilinear", "bicubic", "lanczos"]] = key(
        "Filters of the down-sampling, one of which is drawn; all but `nearest` are antialiased.",
        default=["bicubic"],
        min_length=1,
        unique=True,
    )
    jpeg_chroma: list[Literal["4:2:0", "4:4:4"]] = key(
        "How JPEG samples the colours: at half resolution (4:2:0) or at all of it; one is drawn.",
        default=["4:2:0"],
        min_length=1,
        unique=True,
    )
    draws: Literal["photo", "patch"] = key(
        "Strengths are drawn once for every `photo`, or by training anew for every `patch`, whose "
        "LR is then made from its HR. Validation, test and training on whole images have those "
        "of the photo.",
        default="photo",
    )
    seed: Seed = key("Another seed draws other strengths and other noise.", default=0)


class Resize(Section):
    """Give every HR image this size before anything else."""

    size_px: list[Annotated[int, Field(ge=8, le=10000)]] = key(
        "Width and height.", unit="px", entries=2
    )
    filter: Literal["nearest", "box", "bicubic", "lanczos"] = key(
        "`nearest` is what Keras' `target_size` does; the others are antialiased. `provided` "
        "LR files can only follow `nearest`.",
        default="nearest",
    )


class Evaluate(Section):
    """On what methods are compared."""

    split: Literal["test", "validation"] = key(
        "Side of the split; `validation` only to repeat what a paper did.", default="test"
    )
    scales: list[Scale] = key(
        "Scales to compare at; all of the dataset's unless given.",
        default=FILLED,
        unit="whole factor",
        min_length=1,
        unique=True,
    )


class Split(Section):
    """Which photos are learned from, watched and measured."""

    by: Literal["scene", "rows", "test"] = key(
        "`scene` keeps near-duplicate photos, and all scales of a photo, on one side; photos "
        "that are not named go where the hash of their scene sends them, so that new photos "
        "never move old ones unless numbers of photos are given. `rows` takes the first rows of "
        "a download's table as validation and learns from all others, as Keras does and the "
        "paper did; of the keys below it uses `validation_share` alone. `test` makes every photo "
        "a test photo, or those that the key `test` names.",
        default="scene",
    )
    near_duplicate_bits: int = key(
        "Photos whose perceptual hashes (64 bits) differ in at most so many bits are one "
        "scene, also where one is a mirrored or turned copy of the other. Unrelated photos differ "
        "in 16 and more. Most copies that were cropped by 10 % or more of a side are not found.",
        default=8,
        unit="bits",
        ge=0,
        le=16,
    )
    test: list[str] | Photos = key(
        "Photos (file name without ending) locked into the test split; or how many photos are test "
        "photos, those whose scenes come first by hash, exactly so many. A number leaves "
        "`test_share` unused.",
        default=[],
        unique=True,
    )
    validation: list[str] | Photos = key(
        "Photos locked into the validation split, or how many photos it has; as for `test`.",
        default=[],
        unique=True,
    )
    test_share: float = key(
        "Expected share of the scenes not named above that go to test.",
        default=0.15,
        unit="share of 1",
        ge=0,
        le=1,
    )
    validation_share: float = key(
        "Expected share of the scenes not named above that go to validation.",
        default=0.1,
        unit="share of 1",
        ge=0,
        le=1,
    )
    seed: Seed = key("Another seed gives another split.", default=0)
    folds: int = key(
        "Above 1: every scene is a test scene in one of so many folds, each with models of its own "
        "that never saw it. `results/<name>_fold<n>/` has the folds, `results/<name>/tables/` all "
        "photos together. Only by `scene`, without `test`; `test_share` is unused.",
        default=1,
        unit="folds",
        ge=1,
        le=20,
    )
    _fold: int = PrivateAttr(default=1)

    @property
    def fold(self) -> int:
        """Which of the folds this is, from 1."""
        return self._fold

    def of_fold(self, number: int) -> "Split":
        """The same split for one of its folds."""
        split = self.model_copy()
        split._fold = number
        return split


def _source_unless_like(schema: dict) -> None:
    """Editors, which read the schema alone, need not see what a dataset has from another one."""
    del schema["required"]
    schema |= {"if": {"required": ["like"]}, "else": {"required": ["source"]}}


class Dataset(Section):
    """One dataset."""

    model_config = ConfigDict(json_schema_extra=_source_unless_like)

    like: str | None = key(
        "Another dataset, whose keys are this one's where it does not give them itself, in its "
        "sections too. That one must not be like another.",
        default=None,
    )
    source: Literal["bundled", "packages", "folder", "download"] = key(
        "Where the photos come from: `bundled` (the free photographs in "
        "`workflow/photographs/` and the colour photos inside the scikit-image and "
        "scikit-learn packages), `packages` (the latter alone), `folder` (your own) or "
        "`download` (LR/HR pairs that a table lists, as from Kaggle). Required without `like`."
    )
    download: str | None = key(
        "Key of `downloads`; required by the source `download`. With the source `folder`, "
        "`path` is a folder inside what was unpacked.",
        default=None,
    )
    path: PathText | None = key(
        "Folder with the photos; required by the source `folder`, and only there.", default=None
    )
    lr_path: PathText | None = key(
        "Folder with LR files that have the names of the photos, as standard sets have them. Only "
        "with the source `folder`, one scale and `degradation: provided`; inside of a download "
        "where `path` is.",
        default=None,
    )
    trained_on: str | None = key(
        "Another dataset, whose models are measured on this one. All photos of this one are "
        "then test photos, or those that `split.test` names; photos that look like one that was "
        "learned from are refused. Left out, the dataset trains its own.",
        default=None,
    )
    published: Literal["set5", "set14", "bsd100", "urban100"] | None = key(
        "The standard set that this is. Published scores are shown beside ours where our "
        "bicubic agrees with the published one, so that the convention is the same.",
        default=None,
    )
    degradation: Literal["bicubic", "unsplash", "realistic", "provided"] = key(
        "How LR is made from HR. `bicubic` is antialiased, a = -0.5; `unsplash` is the Kaggle "
        "dataset's own recipe; `realistic` is blur, down-sampling, noise and JPEG; `provided` "
        "takes the LR files of a download, or those of `lr_path`.",
        default="bicubic",
    )
    realistic: Realistic = key(default=Realistic)
    bad_input: Literal["refuse", "quarantine"] = key(
        "What happens to photos and table rows that cannot be used: `refuse` stops, "
        "`quarantine` leaves them out and lists them in a table of the report.",
        default="refuse",
    )
    subfolders: bool = key(
        "Whether the source `folder` takes the photos of the folders in its folder, too; they are "
        "then called `<folder>__<photo>`.",
        default=True,
    )
    most_megapixels: float = key(
        "Photos of more pixels cannot be used, as small files can unpack to any size. What does "
        "not fit into the memory cannot be used either, whatever the limit.",
        default=500,
        unit="megapixels (10^6 px)",
        gt=0,
        le=100000,
    )
    resize: Resize | None = key(default=None)
    mod_crop: bool = key(
        "Crop HR to a multiple of the scale. Without it models on the LR grid need photos "
        "that are one already. `provided` pairs are never cropped.",
        default=True,
    )
    train_sizes: list[Annotated[float, Field(ge=0.1, le=4)]] = key(
        "Sizes at which training photos are learned from, LR made again at each: smaller "
        "copies are sharper, larger ones softer than any given photo.",
        default=[1],
        unit="share of the photo's own size",
        min_length=1,
        max_length=20,
        unique=True,
    )
    scales: list[Scale] = key(
        "Scales of which pairs are made; those of `run` unless given.",
        default=FILLED,
        unit="whole factor",
        min_length=1,
        unique=True,
    )
    methods: list[str] = key(
        "Methods to compare on this dataset; those of `run` unless given.",
        default=FILLED,
        unique=True,
        contains="bicubic",
    )
    evaluate: Evaluate = key(default=Evaluate)
    split: Split = key(default=Split)
