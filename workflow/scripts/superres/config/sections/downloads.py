"""Section `downloads`: datasets of Kaggle, or copies of them."""

from superres.config.sections.base import PathText, Section, Sha256, key


class Download(Section):
    """One dataset of Kaggle."""

    kaggle: str | None = key(
        "Owner and name, as in the address of its page, `owner/name`; required unless `path` "
        "is given.",
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
    max_unpacked_mb: int = key(
        "An archive that unpacks to more is refused.",
        default=4000,
        unit="MB (10^6 bytes)",
        ge=1,
        le=10000000,
    )
