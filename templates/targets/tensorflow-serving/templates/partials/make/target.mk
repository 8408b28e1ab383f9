
serve: ## serve the exported model on port 8501
	$(PYTHON) -m {{ cookiecutter.package_name }}.serve

rollout: ## export a new version and move the label `stable` to it
	$(PYTHON) -m {{ cookiecutter.package_name }}.service.rollout

rollback: ## move the label `stable` back to the version before
	$(PYTHON) -m {{ cookiecutter.package_name }}.service.rollback

up: ## build the container, and run it with Prometheus
	docker compose up --build

.PHONY: serve rollout rollback up
