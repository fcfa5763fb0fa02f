"""One loop, one step, and what it takes to stop and resume: knows no model by name."""
