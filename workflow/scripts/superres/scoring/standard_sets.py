"""Published scores of standard sets, and the check that they can be compared with ours."""

import pandas as pd

from superres.core.methods import REFERENCE

CONVENTION = "Y channel, border crop = scale, LR by MATLAB's bicubic, mean of per-image values"
SETS = ("set5", "set14", "bsd100", "urban100")
# PSNR in dB and SSIM at x2, in the order of `SETS`, as later papers repeat them.
X2 = {
    "bicubic": ((33.66, 0.9299), (30.24, 0.8688), (29.56, 0.8431), (26.88, 0.8403)),
    "SRCNN": ((36.66, 0.9542), (32.45, 0.9067), (31.36, 0.8879), (29.50, 0.8946)),
    "FSRCNN": ((37.00, 0.9558), (32.63, 0.9088), (31.53, 0.8920), (29.88, 0.9020)),
    "EDSR-baseline": ((37.99, 0.9604), (33.57, 0.9175), (32.16, 0.8994), (31.98, 0.9272)),
    "IMDN": ((38.00, 0.9605), (33.63, 0.9177), (32.19, 0.8996), (32.17, 0.9283)),
    "RLFN": ((38.07, 0.9607), (33.72, 0.9187), (32.22, 0.9000), (32.33, 0.9299)),
}
# Another down-sampling, colour space or crop moves bicubic by more than this.
WITHIN_DB = 0.05
WITHIN_SSIM = 0.002
COLUMNS = [
    "dataset",
    "scale",
    "method",
    "photos",
    "psnr_rgb_db",
    "psnr_y_db",
    "ssim_rgb",
    "ssim_y",
    "gain_rgb_db",
    "gain_low_db",
    "gain_high_db",
]


def together(
    benchmarks: dict[str, pd.DataFrame], standard_sets: dict[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    """All datasets in one table.

    Args:
        benchmarks: dataset -> rows of the schema `benchmark`.
        standard_sets: dataset -> one of `SETS`, or `none`.

    Returns:
        The columns `COLUMNS` and source (ours or published); and sentences on which published
        scores are shown or left out, and why.
    """
    tables, remarks = [], []
    for dataset, benchmark in benchmarks.items():
        ours = benchmark.assign(dataset=dataset, source="ours")
        tables.append(ours[[*COLUMNS, "source"]])
        if standard_sets[dataset] != "none":
            theirs, remark = _beside(dataset, ours, standard_sets[dataset])
            tables.append(theirs)
            remarks.append(remark)
    return pd.concat([t for t in tables if len(t)], ignore_index=True), remarks


def _beside(dataset: str, ours: pd.DataFrame, name: str) -> tuple[pd.DataFrame, str]:
    at = SETS.index(name)
    own = ours[(ours["scale"] == 2) & (ours["method"] == REFERENCE)]
    if own.empty:
        return own, f"No published scores beside {dataset}: they are known here at x2 alone."
    own_db, own_ssim = own.iloc[0][["psnr_y_db", "ssim_y"]]
    their_db, their_ssim = X2[REFERENCE][at]
    both = (
        f"bicubic has {own_db:.2f} dB and {own_ssim:.4f} here, {their_db:.2f} dB and "
        f"{their_ssim:.4f} as published on {name}"
    )
    if abs(own_db - their_db) > WITHIN_DB or abs(own_ssim - their_ssim) > WITHIN_SSIM:
        return own[:0], f"No published scores beside {dataset}, for the convention differs: {both}."
    rows = [
        {
            "dataset": dataset,
            "scale": 2,
            "method": method,
            "psnr_y_db": scores[at][0],
            "ssim_y": scores[at][1],
            "source": "published",
        }
        for method, scores in X2.items()
    ]
    return pd.DataFrame(rows), f"Published scores beside {dataset} ({CONVENTION}): {both}."
