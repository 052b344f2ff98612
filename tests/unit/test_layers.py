import itertools

from superres import architectures, layers, paper


def test_the_papers_model_has_the_papers_rows():
    rows = layers.rows(architectures.build("paper_autoencoder", 2), *paper.SIZE_PX)
    ours = [(row["type"], row["output_shape"], row["parameters"]) for row in rows]
    assert ours == [row[1:] for row in paper.TABLE_1]
    assert sum(row["trainable"] for row in rows) == paper.TRAINABLE
    # A layer takes its input from the one before; additions from another one, too.
    for before, row in itertools.pairwise(rows):
        sources = row["inputs"].split(" ")
        assert sources[0] == before["name"]
        assert len(sources) == (2 if row["type"] == "Add" else 1)
