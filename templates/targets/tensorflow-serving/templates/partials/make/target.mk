
serve: ## serve the exported model on port 8501
	$(PYTHON) -m {{ cookiecutter.package_name }}.serve

.PHONY: serve
