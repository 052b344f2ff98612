"""Names of the precisions of a network's products."""

from typing import Literal

Precision = Literal["float32", "bfloat16"]
# The fastest is one of them, by the processor and by what the network's record says of its loss.
WantedPrecision = Literal["float32", "bfloat16", "fastest"]
# Half precision wherever the hardware has it (`mixed`), or where it was compared (`auto`).
TrainingPrecision = Literal["auto", "float32", "mixed"]
