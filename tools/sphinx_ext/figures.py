"""Give every picture that a notebook draws its alternative text, and refuse one that has none.

A notebook output is one thing in several forms. MyST-NB draws its ``image/png`` form and takes no alternative text
from the output. Here the text comes from the ``text/plain`` form: `fer_lib.plots` puts one sentence there, computed
from the data that the picture shows. A bare matplotlib figure says ``<Figure size ...>``, which tells a reader
nothing, so it is a warning, and warnings fail the build. A picture outside a numbered figure is one too.
"""

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)


class AlternativeText(SphinxTransform):
    """Run before MyST-NB chooses one form of each output, which happens when a page is written."""

    default_priority = 400

    def apply(self):
        for bundle in self.document.findall(nodes.container):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            text = next((form.astext() for form in bundle if form["mime_type"] == "text/plain"), "")
            for image in bundle.findall(nodes.image):
                image["alt"] = text
                if not text or text.startswith("<"):
                    logger.warning("a picture without alternative text: show a fer_lib plot", location=bundle)
                if not isinstance(bundle.parent, nodes.figure):
                    logger.warning("a picture without caption: set the cell's mystnb.figure metadata", location=bundle)


def setup(app):
    app.add_transform(AlternativeText)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
