
import os

# Keras chooses when it is imported, and would ask the user's settings otherwise.
os.environ["KERAS_BACKEND"] = "{{ cookiecutter._backend }}"
