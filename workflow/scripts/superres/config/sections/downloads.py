"""Section `downloads`: datasets of Kaggle, copies of them, and the free photographs."""

from superres.config.sections.base import PathText, Section, Sha256, key


class Photographs(Section):
    """Instead of a dataset of Kaggle, the training set of free photographs.

    `workflow/photographs/training_set.csv` lists them. Packages are fetched by `apt-get download`,
    files from their public addresses, each by its checksum.
    """

    folders: list[PathText] = key(
        "Folders with packages and files that you have, at any depth; what is there is not "
        "fetched.",
        default=[],
    )
    leave_out: list[str] = key(
        "Names of origins, as in `workflow/photographs/origins.csv`, to do without.", default=[]
    )
    test_sets: list[PathText] = key(
        "Folders of photos that nothing may be trained on: a photograph that looks like one of "
        "them is refused. The test and validation photographs of the default are always among "
        "them.",
        default=[],
    )


class Download(Section):
    """One dataset of Kaggle."""

    kaggle: str | None = key(
        "Owner and name, as in the address of its page, `owner/name`; required unless `path` "
        "or `photographs` is given.",
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9][A-Za-z0-9_-]*$(?!\n)",
    )
    version: int | None = key(
        "Version of the dataset, so that later ones change nothing; required with `kaggle`.",
        default=None,
        unit="whole number",
        ge=1,
        le=1000000,
    )
    path: PathText | None = key(
        "Zip or tar file or folder with the dataset; with it nothing is downloaded.", default=None
    )
    sha256: Sha256 | None = key(
        "Checksum that the file of `path` must have; unchecked unless given.", default=None
    )
    photographs: Photographs | None = key(default=None)
    max_unpacked_mb: int = key(
        "An archive that unpacks to more is refused.",
        default=4000,
        unit="MB (10^6 bytes)",
        ge=1,
        le=10000000,
    )
