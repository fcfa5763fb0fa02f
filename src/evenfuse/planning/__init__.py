"""Files and options of the workflow's rules, derived from the config; imports nothing heavy."""
