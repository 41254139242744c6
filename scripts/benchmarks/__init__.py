"""What `bench` measures: ours and every baseline in turn, in one run."""
