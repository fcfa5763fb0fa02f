"""What the rules of the workflow are told, worked out from the config; imports nothing heavy."""
