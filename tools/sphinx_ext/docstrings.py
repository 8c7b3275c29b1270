"""Show the text of a constant as it is written.

Napoleon takes what stands before the first colon of such a text for a type: of ``#: Faces tagged: by ten people`` it
would make the type "Faces tagged". It looks at the first line only, so an empty comment goes before it.
"""


def protect_first_line(app, what, name, obj, options, lines):
    if what in ("data", "attribute"):
        lines[:0] = ["..", ""]


def setup(app):
    app.connect("autodoc-process-docstring", protect_first_line, priority=400)  # before napoleon's 500
    return {"parallel_read_safe": True, "parallel_write_safe": True}
