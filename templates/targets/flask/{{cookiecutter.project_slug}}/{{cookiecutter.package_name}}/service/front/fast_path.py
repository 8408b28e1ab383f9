"""Whether predict requests may be answered without Flask.

They may while Flask would do nothing else with them than what was generated.
"""

from flask import Flask, request_finished, request_started, request_tearing_down
from werkzeug.exceptions import HTTPException

from .. import config, routes

HOOKS = (
    "url_value_preprocessors",
    "before_request_funcs",
    "after_request_funcs",
    "teardown_request_funcs",
)
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
    found += [
        name
        for name, default in Flask.default_config.items()
        if app.config[name] != default and name not in config.DEFAULTS
    ]
    return found if _is_generated_view(app, path) else [*found, "the predict view"]


def _is_generated_view(app: Flask, path: str) -> bool:
    """Return whether the path leads to the view in routes.py, undecorated."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(path, "POST")
    except HTTPException:  # no such route, or only on another host
        return False
    code = getattr(app.view_functions[endpoint], "__code__", None)
    return endpoint == "model.predict" and code in routes.model.__code__.co_consts
