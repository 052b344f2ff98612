"""A looping picture in which a divider moves between two images of the same region."""

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from superres.core.atomic import appearing

FRAMES = 40
FRAME_MS = 60
ZOOM = 3
LABEL_PX = 18
# Of the width, as far as the divider goes to either side.
MARGIN = 0.04


def write(file: Path, left: tuple[str, np.ndarray], right: tuple[str, np.ndarray]) -> None:
    """Write the loop as an animated WebP file, every pixel enlarged.

    Args:
        file: .webp file.
        left: label and uint8 (height, width, 3) of what is shown left of the divider.
        right: the same of what is shown right of it, of the same shape.
    """
    before, after = (_labelled(*image, at_right) for image, at_right in ((left, 0), (right, 1)))
    width_px = before.width
    frames = []
    for number in range(FRAMES):
        share = 0.5 + (0.5 - MARGIN) * math.cos(2 * math.pi * number / FRAMES)
        divider_px = round(share * width_px)
        frame = after.copy()
        frame.paste(before.crop((0, 0, divider_px, before.height)))
        line = (divider_px - 1, 0, divider_px + 1, before.height)
        ImageDraw.Draw(frame).rectangle(line, fill="white")
        frames.append(frame)
    with appearing(file) as unfinished:
        frames[0].save(
            unfinished,
            format="WEBP",
            save_all=True,
            append_images=frames[1:],
            duration=FRAME_MS,
            loop=0,
            quality=85,
        )


def _labelled(label: str, image: np.ndarray, at_right: int) -> Image.Image:
    """An image enlarged by whole pixels, with its label in a lower corner."""
    height_px, width_px = (side_px * ZOOM for side_px in image.shape[:2])
    enlarged = Image.fromarray(image).resize((width_px, height_px), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(enlarged)
    font = ImageFont.load_default(LABEL_PX)
    text_px = math.ceil(draw.textlength(label, font=font))
    left_px = (width_px - text_px - 12) * at_right
    box = (left_px, height_px - LABEL_PX - 12, left_px + text_px + 12, height_px)
    draw.rectangle(box, fill="black")
    draw.text((left_px + 6, height_px - LABEL_PX - 8), label, font=font, fill="white")
    return enlarged
