        # As it is: the graph decodes it.
        files = {"image_bytes": [options.file.read_bytes()]}
        outputs = client.predict(files, "encoded_images")
