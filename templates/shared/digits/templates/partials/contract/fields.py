    labels: list[str]
    preprocessing: Preprocessing
