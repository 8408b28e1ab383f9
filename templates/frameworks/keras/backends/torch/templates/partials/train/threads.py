
# Images this small are slower in many threads; leave this out for larger ones.
torch.set_num_threads(1)
