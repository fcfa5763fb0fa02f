"""The commands: one file for each step of the workflow."""
