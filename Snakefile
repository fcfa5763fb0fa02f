"""The entry point, where Snakemake looks first; everything else is in workflow/."""


include: "workflow/Snakefile"


# an include does not carry its default target along
workflow.default_target = "all"
