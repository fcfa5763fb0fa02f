"""Around a run: leases of GPUs, progress lines, event files."""
