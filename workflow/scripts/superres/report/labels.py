"""Names of photos in figures: drawn as they are, with a font that has their signs."""

from collections.abc import Iterable
from functools import cache

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from superres.core.console import log
from superres.core.readable import one_line

FONT = "DejaVu Sans"
# Of a name; what is longer would leave no room for the figure.
LONGEST = 40
# Its signs are boxes.
LAST_RESORT = "Last Resort"


def written(name: str) -> str:
    """A name as text of Matplotlib, which takes what is between two `$` for mathematics.

    Signs that cannot be seen, and those that no font of this machine has, become escapes; of long
    names the middle is left out.
    """
    drawable = _signs(FONT).union(*map(_signs, families([name])))
    text = "".join(
        sign if ord(sign) in drawable else sign.encode("unicode_escape").decode()
        for sign in one_line(name)
    )
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}…{text[-LONGEST // 2 + 1 :]}"
    return text.replace("$", r"\$")


def families(names: Iterable[str]) -> list[str]:
    """Fonts for some names: that of all figures, then installed ones that have what it lacks."""
    missing = {ord(sign) for name in names for sign in one_line(name)} - _signs(FONT)
    fonts = [FONT]
    for font in sorted(_installed()) if missing else ():
        if missing & _signs(font):
            fonts.append(font)
            missing -= _signs(font)
    if missing:
        _tell("".join(map(chr, sorted(missing))))
    return fonts


@cache
def _tell(signs: str) -> None:
    log.info("no font has %s; install one, such as Noto, to see them in figures", signs)


@cache
def _installed() -> dict[str, str]:
    """File of every upright font of normal weight, by name."""
    return {
        font.name: font.fname
        for font in font_manager.fontManager.ttflist
        if font.style == "normal"
        and font.weight in (400, "normal", "regular")
        and font.stretch in ("normal", 400)
        and not font.name.startswith(LAST_RESORT)
    }


@cache
def _signs(font: str) -> frozenset[int]:
    """Code points that a font can draw; none of a file that cannot be read."""
    try:
        return frozenset(FT2Font(_installed()[font]).get_charmap())
    except (OSError, RuntimeError, KeyError):
        return frozenset()
