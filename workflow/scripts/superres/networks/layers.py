"""The layers of a model as rows of a table."""

import keras


def rows(model: keras.Model, width_px: int, height_px: int) -> list[dict]:
    """One row a layer, in the order of the graph.

    Args:
        model: functional, of one RGB input.
        width_px: of the image that the output shapes are given for.
        height_px: of the same image.

    Returns:
        Rows of the schema `architecture`.
    """
    inputs = keras.Input((height_px, width_px, 3))
    model = keras.models.clone_model(model, input_tensors=inputs)
    names = {id(layer.output): layer.name for layer in model.layers}
    return [
        {
            "name": layer.name,
            "type": type(layer).__name__,
            "output_shape": str(tuple(layer.output.shape)),
            "parameters": layer.count_params(),
            "trainable": sum(int(keras.ops.size(weight)) for weight in layer.trainable_weights),
            "inputs": ""
            if isinstance(layer, keras.layers.InputLayer)
            else " ".join(names[id(tensor)] for tensor in keras.tree.flatten(layer.input)),
        }
        for layer in model.layers
    ]
