"""Figures of faces and of what a set of faces holds."""

import numpy as np

from fer_lib.errors import FerError
from fer_lib.plots.plot import Plot, draw_bars, join, new_figure


def face_grid(images, titles=None, columns=7, note=""):
    """Draw faces in a grid, or anything else of their shape, such as mean faces and weights.

    Parameters
    ----------
    images : array_like, shape [N, H, W]
        Each image is drawn from its darkest to its brightest value, unless the images are uint8 (0 to 255).
    titles : list of str, optional
        One a face.
    columns : int
    note : str
        What the images are and where they came from; begins the alternative text.

    Returns
    -------
    Plot
        Table: ``title``, ``darkest``, ``brightest``.

    Raises
    ------
    FerError
        If there is no image, or there are titles, but not one an image.

    Examples
    --------
    >>> face_grid(np.zeros((2, 48, 48), np.uint8), ["happy", "sad"], note="Two blank faces.").alt
    'Two blank faces. In reading order: happy and sad.'
    """
    images = np.asarray(images)
    titles = list(titles) if titles is not None else [""] * len(images)
    if len(titles) != len(images):
        raise FerError(f"{len(titles)} titles for {len(images)} images, expected one each")
    if not len(images):
        raise FerError("no image to draw")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    height = 1.25 if any(titles) else 1.05
    figure, axes = new_figure(1.05 * columns, height * rows, rows, columns, squeeze=False)
    limits = {"vmin": 0, "vmax": 255} if images.dtype == np.uint8 else {}
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, image, title in zip(axes.flat, images, titles, strict=False):
        axis.imshow(image, cmap="gray", interpolation="nearest", **limits)
        axis.set_title(title, fontsize=9, pad=3)
    table = {
        "title": titles,
        "darkest": [float(image.min()) for image in images],
        "brightest": [float(image.max()) for image in images],
    }
    shown = f"In reading order: {join(titles)}." if any(titles) and len(images) <= 14 else f"{len(images)} images."
    return Plot(figure, table, f"{note} {shown}".strip())


def label_counts(splits):
    """Draw how many faces carry each emotion label, in each part.

    Parameters
    ----------
    splits : FaceSplits

    Returns
    -------
    Plot
        Table: ``label``, ``train``, ``validation``, ``test``.

    Examples
    --------
    >>> from fer_lib.data import load
    >>> sum(label_counts(load("synthetic", n=100)).table["train"])
    80
    """
    names = splits.train.names
    table = {"label": list(names), **{part.split: part.counts().tolist() for part in splits}}
    figure, axis = new_figure(7, 3)
    draw_bars(axis, names, {part.split: table[part.split] for part in splits})
    axis.set_ylabel("faces")
    axis.set_title(splits.source, fontsize=9, loc="right", color="grey")
    axis.legend(frameon=False)
    train = splits.train.counts()
    most, least = train.argmax(), train.argmin()
    alt = (
        f"Bar chart of faces by label, {splits.source}: {names[most]} has most ({train[most]:,} in train), "
        f"{names[least]} has fewest ({train[least]:,})."
    )
    return Plot(figure, table, alt)
