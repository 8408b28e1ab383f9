        outputs = client.predict(command.read(options.file, signature))
