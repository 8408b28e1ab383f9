
load: ## put load on the running service and write reports/load.html
	$(PYTHON) -m locust -f load/locustfile.py --headless \
	  --users 16 --spawn-rate 16 --run-time 30s --html reports/load.html

.PHONY: load
