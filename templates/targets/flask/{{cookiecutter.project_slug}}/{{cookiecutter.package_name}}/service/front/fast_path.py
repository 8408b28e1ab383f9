"""Whether predict requests may be answered without Flask.

They may while Flask would do nothing else with them than what was generated.
"""

from flask import Flask, request_finished, request_started, request_tearing_down
from werkzeug.exceptions import HTTPException

from .. import config

HOOKS = (
    "url_value_preprocessors",
    "before_request_funcs",
    "after_request_funcs",
    "teardown_request_funcs",
)
# The names in the generated predict view. A check in it, or a decorator, has others.
VIEW_NAMES = {
    *("request", "mimetype", "RequestError"),
    *("json_response", "predictor", "answer", "decompressed_body"),
}
SIGNALS = (request_started, request_finished, request_tearing_down)


def obstacles(app: Flask, path: str) -> list[str]:
    """Return what in the application takes part in a POST to this path.

    The predict view itself is not counted, so the list is empty as generated.
    """
    found = [] if type(app) is Flask else [type(app).__name__]
    found += [
        name for name in HOOKS if any(map(getattr(app, name).get, (None, "model")))
    ]
    if app.teardown_appcontext_funcs:
        found.append("teardown_appcontext_funcs")
    found += [signal.name for signal in SIGNALS if signal.has_receivers_for(app)]
    # Methods and classes that are replaced, such as wsgi_app.
    found += [name for name in vars(app) if callable(getattr(Flask, name, None))]
    plain = Flask(app.import_name).config
    found += [
        name
        for name in plain.keys() - config.DEFAULTS.keys()
        if app.config[name] != plain[name]
    ]
    return found if _is_generated_view(app, path) else [*found, "the predict view"]


def _is_generated_view(app: Flask, path: str) -> bool:
    """Return whether the path leads to the view in routes.py, as generated."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(path, "POST")
    except HTTPException:  # no such route, or only on another host
        return False
    code = getattr(app.view_functions[endpoint], "__code__", None)
    names = {*code.co_names, *code.co_freevars} if code else set()
    return endpoint == "model.predict" and names == VIEW_NAMES
