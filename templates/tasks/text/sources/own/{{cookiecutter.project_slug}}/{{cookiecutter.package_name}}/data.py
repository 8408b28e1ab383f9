{% include "partials/data/" ~ ("table" if "text" in cookiecutter._data else "folder") ~ ".py" %}
