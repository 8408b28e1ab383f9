"""Handwritten digits: trained with {{ cookiecutter._framework_title }}, served with {{ cookiecutter._target_title }}."""
