    print(write_report())
