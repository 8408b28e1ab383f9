"""{{ cookiecutter._subject }} {{ cookiecutter._framework_title }}, deployed with {{ cookiecutter._target_title }}."""
