"""Names by which one of the networks that come with the program is chosen."""

from typing import Literal

# Of the pictures that it is for.
Kind = Literal["clean", "photo"]
# What an HR pixel takes.
Cost = Literal["small", "standard", "large"]
