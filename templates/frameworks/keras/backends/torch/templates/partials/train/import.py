{% if cookiecutter._large_examples is not defined %}
import torch
{% endif %}
