"""Refuse names that would not work, before anything is rendered."""

import keyword
import re
import sys

slug = r"""{{ cookiecutter.project_slug }}"""
package = r"""{{ cookiecutter.package_name }}"""

if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug):
    sys.exit("error: project_slug needs lower-case words joined by hyphens.")
if not re.fullmatch(r"[a-z][a-z0-9_]*", package) or keyword.iskeyword(package):
    sys.exit("error: package_name needs lower-case words joined by underscores.")
if package in sys.stdlib_module_names:
    sys.exit(f"error: package_name {package} is a module of Python's own library.")
