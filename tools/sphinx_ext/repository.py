"""Show the buttons that lead to the repository, and to Colab, only once it has a web address.

The address stands in one place, ``repository: url:`` in ``_config.yml``. Without it the theme would fail on the
buttons, so they are switched on here and not there.
"""


def choose_buttons(app, config):
    theme = config.html_theme_options
    if theme["repository_url"]:
        theme["use_repository_button"] = theme["use_issues_button"] = True
    else:
        theme["launch_buttons"] = {}


def setup(app):
    app.connect("config-inited", choose_buttons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
