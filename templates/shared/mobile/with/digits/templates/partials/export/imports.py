from .variants import write_report
