
CONTAINER ?= docker

serve: ## run the service on http://127.0.0.1:8501
	$(PYTHON) -m {{ cookiecutter.package_name }}.serve

image: ## build the container (CONTAINER=podman for another engine)
	$(CONTAINER) build -t {{ cookiecutter.project_slug }} .

load: ## put load on the running service and write reports/load.html
	$(PYTHON) -m locust -f load/locustfile.py --headless \
	  --users 16 --spawn-rate 16 --run-time 30s --html reports/load.html

.PHONY: serve image load
