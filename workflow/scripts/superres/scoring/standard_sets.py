"""Published scores of standard sets, and the check that they can be compared with ours."""

import pandas as pd

from superres.core.methods import REFERENCE

CONVENTION = (
    "Y of colour photos and the grey levels of grey ones, border crop = scale, LR by MATLAB's "
    "bicubic, mean of per-image values"
)
SETS = ("set5", "set14", "bsd100", "urban100")
# PSNR in dB and SSIM by scale and method, in the order of `SETS`. Bicubic and SRCNN as later papers
# repeat them; `SOURCES` has the paper of every row.
PUBLISHED = {
    2: {
        "bicubic": ((33.66, 0.9299), (30.24, 0.8688), (29.56, 0.8431), (26.88, 0.8403)),
        "SRCNN": ((36.66, 0.9542), (32.45, 0.9067), (31.36, 0.8879), (29.50, 0.8946)),
        "ESPCN": ((36.83, 0.9564), (32.40, 0.9096), (31.29, 0.8917), (29.48, 0.8975)),
        "FSRCNN": ((37.00, 0.9558), (32.63, 0.9088), (31.53, 0.8920), (29.88, 0.9020)),
        "LapSRN": ((37.52, 0.9591), (33.08, 0.9130), (31.80, 0.8950), (30.41, 0.9100)),
        "CARN-M": ((37.53, 0.9583), (33.26, 0.9141), (31.92, 0.8960), (31.23, 0.9193)),
        "ECBSR-M16C64": ((37.90, 0.9615), (33.34, 0.9178), (32.10, 0.9018), (31.71, 0.9250)),
        "EDSR-baseline": ((37.99, 0.9604), (33.57, 0.9175), (32.16, 0.8994), (31.98, 0.9272)),
        "IMDN": ((38.00, 0.9605), (33.63, 0.9177), (32.19, 0.8996), (32.17, 0.9283)),
        "SAFMN": ((38.00, 0.9605), (33.54, 0.9177), (32.16, 0.8995), (31.84, 0.9256)),
        "RLFN": ((38.07, 0.9607), (33.72, 0.9187), (32.22, 0.9000), (32.33, 0.9299)),
        "SPAN": ((38.08, 0.9608), (33.71, 0.9183), (32.22, 0.9002), (32.24, 0.9294)),
        "DAT-light": ((38.24, 0.9614), (34.01, 0.9214), (32.34, 0.9019), (32.89, 0.9346)),
    },
    3: {
        "bicubic": ((30.39, 0.8682), (27.55, 0.7742), (27.21, 0.7385), (24.46, 0.7349)),
        "SRCNN": ((32.75, 0.9090), (29.30, 0.8215), (28.41, 0.7863), (26.24, 0.7989)),
        "FSRCNN": ((33.18, 0.9140), (29.37, 0.8240), (28.53, 0.7910), (26.43, 0.8080)),
        "LapSRN": ((33.82, 0.9227), (29.87, 0.8320), (28.82, 0.7980), (27.07, 0.8280)),
        "CARN-M": ((33.99, 0.9236), (30.08, 0.8367), (28.91, 0.8000), (27.55, 0.8385)),
        "EDSR-baseline": ((34.37, 0.9270), (30.28, 0.8417), (29.09, 0.8052), (28.15, 0.8527)),
        "IMDN": ((34.36, 0.9270), (30.32, 0.8417), (29.09, 0.8046), (28.17, 0.8519)),
        "SAFMN": ((34.34, 0.9267), (30.33, 0.8418), (29.08, 0.8048), (27.95, 0.8474)),
        "DAT-light": ((34.76, 0.9299), (30.63, 0.8474), (29.29, 0.8103), (28.89, 0.8666)),
    },
    4: {
        "bicubic": ((28.42, 0.8104), (26.00, 0.7027), (25.96, 0.6675), (23.14, 0.6577)),
        "SRCNN": ((30.48, 0.8626), (27.50, 0.7513), (26.90, 0.7101), (24.52, 0.7221)),
        "ESPCN": ((30.52, 0.8697), (27.42, 0.7606), (26.87, 0.7216), (24.39, 0.7241)),
        "FSRCNN": ((30.72, 0.8660), (27.61, 0.7550), (26.98, 0.7150), (24.62, 0.7280)),
        "LapSRN": ((31.54, 0.8850), (28.19, 0.7720), (27.32, 0.7280), (25.21, 0.7560)),
        "CARN-M": ((31.92, 0.8903), (28.42, 0.7762), (27.44, 0.7304), (25.62, 0.7694)),
        "ECBSR-M16C64": ((31.92, 0.8946), (28.34, 0.7817), (27.48, 0.7393), (25.81, 0.7773)),
        "EDSR-baseline": ((32.09, 0.8938), (28.58, 0.7813), (27.57, 0.7357), (26.04, 0.7849)),
        "IMDN": ((32.21, 0.8948), (28.58, 0.7811), (27.56, 0.7353), (26.04, 0.7838)),
        "SAFMN": ((32.18, 0.8948), (28.60, 0.7813), (27.58, 0.7359), (25.97, 0.7809)),
        "RLFN": ((32.24, 0.8952), (28.62, 0.7813), (27.60, 0.7364), (26.17, 0.7877)),
        "SPAN": ((32.20, 0.8953), (28.66, 0.7834), (27.62, 0.7374), (26.18, 0.7879)),
        "DAT-light": ((32.57, 0.8991), (28.87, 0.7879), (27.74, 0.7428), (26.64, 0.8033)),
    },
}
SOURCES = {
    "bicubic": "as repeated by Kim et al. 2016 (VDSR) and later papers",
    "SRCNN": "Dong et al. 2014, as repeated by Ahn et al. 2018",
    "ESPCN": "Shi et al. 2016, trained again by Zhang et al. 2021 (ECBSR)",
    "FSRCNN": "Dong et al. 2016, as repeated by Ahn et al. 2018",
    "LapSRN": "Lai et al. 2017, as repeated by Ahn et al. 2018",
    "CARN-M": "Ahn et al. 2018",
    "ECBSR-M16C64": "Zhang et al. 2021",
    "EDSR-baseline": "Lim et al. 2017, as repeated by Hui et al. 2019",
    "IMDN": "Hui et al. 2019",
    "SAFMN": "Sun et al. 2023",
    "RLFN": "Kong et al. 2022",
    "SPAN": "Wan et al. 2024",
    "DAT-light": "Chen et al. 2023",
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
    "psnr_field_db",
    "ssim_field",
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
        The columns `COLUMNS` and source (ours, or the paper); and sentences on which published
        scores are shown or left out, and why.
    """
    tables, remarks = [], []
    for dataset, benchmark in benchmarks.items():
        ours = benchmark.assign(dataset=dataset, source="ours")
        tables.append(ours[[*COLUMNS, "source"]])
        if standard_sets[dataset] != "none":
            for scale in sorted(ours["scale"].unique()):
                theirs, remark = _beside(dataset, ours, standard_sets[dataset], scale)
                tables.append(theirs)
                remarks.append(remark)
    return pd.concat([t for t in tables if len(t)], ignore_index=True), remarks


def _beside(dataset: str, ours: pd.DataFrame, name: str, scale: int) -> tuple[pd.DataFrame, str]:
    at = SETS.index(name)
    own = ours[(ours["scale"] == scale) & (ours["method"] == REFERENCE)]
    beside = f"beside {dataset} at x{scale}"
    if scale not in PUBLISHED or own.empty:
        known = ", ".join(f"x{known}" for known in PUBLISHED)
        return own[:0], f"No published scores {beside}: they are known here at {known}."
    own_db, own_ssim = own.iloc[0][["psnr_field_db", "ssim_field"]]
    their_db, their_ssim = PUBLISHED[scale][REFERENCE][at]
    both = (
        f"bicubic has {own_db:.2f} dB and {own_ssim:.4f} here, {their_db:.2f} dB and "
        f"{their_ssim:.4f} as published on {name}"
    )
    if abs(own_db - their_db) > WITHIN_DB or abs(own_ssim - their_ssim) > WITHIN_SSIM:
        return own[:0], f"No published scores {beside}, for the convention differs: {both}."
    rows = [
        {
            "dataset": dataset,
            "scale": scale,
            "method": method,
            "psnr_field_db": scores[at][0],
            "ssim_field": scores[at][1],
            "source": SOURCES[method],
        }
        for method, scores in PUBLISHED[scale].items()
    ]
    return pd.DataFrame(rows), f"Published scores {beside} ({CONVENTION}): {both}."
