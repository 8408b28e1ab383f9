        write_warmup(artifact, images)
