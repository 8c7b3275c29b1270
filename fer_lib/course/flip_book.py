"""`flip_book`: pictures shown one at a time, by a slider."""

from fer_lib.errors import require


def flip_book(pictures, name):
    """Show pictures one at a time, by a slider, which works in the built book too.

    Parameters
    ----------
    pictures : dict of str to fer_lib.plots.Plot
        By what the slider says when it shows them.
    name : str
        What the slider goes through.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    MissingExtra
        If ipywidgets is not installed.

    Examples
    --------
    >>> from fer_lib.plots import bars
    >>> pages = {str(count): bars({"a": count, "b": 2}, y="faces") for count in (1, 2)}
    >>> flip_book(pages, "draws").children[1].selected_index
    0
    """
    widgets = require("ipywidgets", "course")
    stack = widgets.Stack([widgets.HTML(picture.to_html()) for picture in pictures.values()], selected_index=0)
    slider = widgets.SelectionSlider(options=list(pictures), description=name)
    widgets.jslink((slider, "index"), (stack, "selected_index"))  # in the page: the built book has no Python behind it
    return widgets.VBox([slider, stack])
