"""{{ cookiecutter._subject }} {{ cookiecutter._framework_title }}, deployed with {{ cookiecutter._target_title }}."""

import os

# Keras chooses when it is imported, and would ask the user's settings otherwise.
os.environ["KERAS_BACKEND"] = "{{ cookiecutter._backend }}"
