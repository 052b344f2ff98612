"""Numbers of 'Image Super-Resolution with Autoencoders using Keras', as it printed them.

Numbers that are compared at their own precision are kept as text.
"""

from decimal import Decimal

METRICS = ["loss", "accuracy", "val_loss", "val_accuracy"]

# Table 1: layer, type, output shape, parameters. The poolings, dropout, up-samplings and additions
# are printed without a type, which their names give.
TABLE_1 = [
    ("input_2", "InputLayer", "(None, 800, 1200, 3)", 0),
    ("conv2d_10", "Conv2D", "(None, 800, 1200, 64)", 1792),
    ("conv2d_11", "Conv2D", "(None, 800, 1200, 64)", 36928),
    ("max_pooling2d_2", "MaxPooling2D", "(None, 400, 600, 64)", 0),
    ("dropout_1", "Dropout", "(None, 400, 600, 64)", 0),
    ("conv2d_12", "Conv2D", "(None, 400, 600, 128)", 73856),
    ("conv2d_13", "Conv2D", "(None, 400, 600, 128)", 147584),
    ("max_pooling2d_3", "MaxPooling2D", "(None, 200, 300, 128)", 0),
    ("conv2d_14", "Conv2D", "(None, 200, 300, 256)", 295168),
    ("up_sampling2d_2", "UpSampling2D", "(None, 400, 600, 256)", 0),
    ("conv2d_15", "Conv2D", "(None, 400, 600, 128)", 295040),
    ("conv2d_16", "Conv2D", "(None, 400, 600, 128)", 147584),
    ("add_2", "Add", "(None, 400, 600, 128)", 0),
    ("up_sampling2d_3", "UpSampling2D", "(None, 800, 1200, 128)", 0),
    ("conv2d_17", "Conv2D", "(None, 800, 1200, 64)", 73792),
    ("conv2d_18", "Conv2D", "(None, 800, 1200, 64)", 36928),
    ("add_3", "Add", "(None, 800, 1200, 64)", 0),
    ("conv2d_19", "Conv2D", "(None, 800, 1200, 3)", 1731),
]
# The last three lines of Table 1.
TOTAL = 1_110_403
TRAINABLE = 1_110_403
NON_TRAINABLE = 0

# Table 2, 'Results from the Final Epoch'; section 3.2 calls it epoch 10.
TABLE_2 = {"loss": "0.0023", "accuracy": "0.9088", "val_loss": "0.00077", "val_accuracy": "0.8783"}

# The training log in the paper's repository, epochs 1 to 10 in the order of `METRICS`; None where
# it is cut off. The first loss is read from a curve.
LOG = [
    ("0.0066", None, "0.00130", None),
    ("0.0027", "0.8911", "0.00114", "0.8818"),
    ("0.0025", "0.8966", "0.00104", "0.8804"),
    ("0.0025", "0.8929", "0.00093299", "0.8965"),
    ("0.0024", "0.9006", "0.00086715", "0.9126"),
    ("0.0025", "0.8959", "0.00089967", "0.8985"),
    ("0.0024", "0.8945", "0.00080930", "0.9299"),
    ("0.0025", "0.8879", "0.0010", "0.8874"),
    ("0.0023", "0.9041", "0.00077364", "0.8903"),
    ("0.0024", "0.8936", "0.00081122", "0.8783"),
]

# The log: ten epochs of batches of four.
EPOCHS = 10
BATCH_SIZE = 4
STEP_S = 1.05
# 15 % of 3,762 rows are validation; (3762 - 564) // 4.
VALIDATION_SHARE = 0.15
STEPS_PER_EPOCH = 799
# Section 3.3; all ten epochs.
TRAIN_S = 8365
# Neither the paper nor its repository names the machine.
DEVICE = "not stated"
# Section 2.1 and Table 1; width and height.
SIZE_PX = (1200, 800)
# The Kaggle dataset that section 1 names.
PHOTOS = 1254


def log() -> list[dict]:
    """The training log as numbers: epoch and `METRICS`, None where not visible."""
    return [
        {"epoch": epoch}
        | {
            name: None if text is None else float(text)
            for name, text in zip(METRICS, line, strict=True)
        }
        for epoch, line in enumerate(LOG, start=1)
    ]


def epochs_that_print(metric: str, printed: str) -> list[int]:
    """Epochs of the log whose value is the printed one when rounded to as many decimals.

    Args:
        metric: one of `METRICS`.
        printed: a number as text.
    """
    column = METRICS.index(metric)
    wanted = Decimal(printed)
    return [
        epoch
        for epoch, line in enumerate(LOG, start=1)
        if (value := line[column]) is not None and Decimal(value).quantize(wanted) == wanted
    ]
