train: ## train the model and write reports/
	$(PYTHON) -m {{ cookiecutter.package_name }}.train

