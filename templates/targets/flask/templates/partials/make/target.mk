
CONTAINER ?= docker

serve: ## run the service on http://127.0.0.1:8501
	$(PYTHON) -m {{ cookiecutter.package_name }}.serve

image: ## build the container (CONTAINER=podman for another engine)
	$(CONTAINER) build -t {{ cookiecutter.project_slug }} .

.PHONY: serve image
