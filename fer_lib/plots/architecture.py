"""A network as a row of boxes, drawn from the network itself."""

from matplotlib.patches import Rectangle

from fer_lib.models import summary
from fer_lib.plots.plot import COLOURS, Plot, new_figure

_DRAWN = {"Conv2d": COLOURS[0], "MaxPool2d": COLOURS[1], "Linear": COLOURS[2]}


def architecture(network, title=""):
    """Draw what the convolution, pooling and fully connected layers of a network give.

    A box is as high as its map; its width grows with the number of maps or units.

    Parameters
    ----------
    network : torch.nn.Module
        As `fer_lib.models.create_model` makes it.
    title : str

    Returns
    -------
    Plot
        Table: ``layer``, ``shape``, ``parameters``, ``multiply_adds``.

    Examples
    --------
    >>> from fer_lib.models import create_model
    >>> architecture(create_model("fully-connected")).table["shape"]
    [[7]]
    """
    layers = [layer for layer in summary(network) if layer.kind in _DRAWN]
    figure, axis = new_figure(8, 2.6)
    left = 0.0
    axis.add_patch(Rectangle((left, -24), 2, 48, facecolor="lightgrey", edgecolor="black", linewidth=0.5))
    axis.text(left + 1, -31, "1 x 48 x 48", ha="center", va="top", fontsize=7, rotation=40)
    left += 10
    for layer in layers:
        channels, side = layer.shape[0], layer.shape[-1] if len(layer.shape) == 3 else None
        height = side if side else min(48, channels / 16)
        width = 1 + channels**0.5 / 4 if side else 2
        box = Rectangle(
            (left, -height / 2), width, height, facecolor=_DRAWN[layer.kind], edgecolor="black", linewidth=0.5
        )
        axis.add_patch(box)
        words = " x ".join(map(str, layer.shape))
        axis.text(left + width / 2, -31, words, ha="center", va="top", fontsize=7, rotation=40)
        left += width + 8
    handles = [Rectangle((0, 0), 1, 1, facecolor=colour) for colour in _DRAWN.values()]
    axis.legend(
        handles,
        ["convolution", "max-pooling", "fully connected"],
        frameon=False,
        ncols=3,
        loc="upper right",
        fontsize=8,
    )
    axis.set(xlim=(-6, max(left, 60)), ylim=(-56, 36), title=title)
    axis.set_axis_off()
    table = {
        "layer": [layer.kind for layer in layers],
        "shape": [list(layer.shape) for layer in layers],
        "parameters": [layer.parameters for layer in layers],
        "multiply_adds": [layer.multiply_adds for layer in layers],
    }
    shapes = ", ".join(f"{layer.kind} {' x '.join(map(str, layer.shape))}" for layer in layers)
    return Plot(figure, table, f"The layers of {title or 'the network'} and what they give: 1 x 48 x 48, {shapes}.")
