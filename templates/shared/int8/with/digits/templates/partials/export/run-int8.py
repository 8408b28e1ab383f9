    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quantize", choices=["int8"], help="a smaller, rougher model")
    quantize = parser.parse_args().quantize
    try:
        signature = export(write_int8, TOLERANCE) if quantize else export()
