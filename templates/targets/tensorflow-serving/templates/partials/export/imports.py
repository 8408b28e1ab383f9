from .warmup import write_warmup
