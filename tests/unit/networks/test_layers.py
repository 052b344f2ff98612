import itertools

from superres.networks import architectures, layers
from superres.paper import published_numbers


def test_the_papers_model_has_the_papers_rows():
    rows = layers.rows(architectures.build("paper_autoencoder", 2), *published_numbers.SIZE_PX)
    ours = [(row["type"], row["output_shape"], row["parameters"]) for row in rows]
    assert ours == [row[1:] for row in published_numbers.TABLE_1]
    assert sum(row["trainable"] for row in rows) == published_numbers.TRAINABLE
    # A layer takes its input from the one before; additions from another one, too.
    for before, row in itertools.pairwise(rows):
        sources = row["inputs"].split(" ")
        assert sources[0] == before["name"]
        assert len(sources) == (2 if row["type"] == "Add" else 1)
