    argparse.ArgumentParser(description=__doc__).parse_args()
    try:
        signature = export()
