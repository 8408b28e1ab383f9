        write_warmup(artifact, golden.inputs)
