"""How each kind of table is made: file name = config name; its facts are a file beside.

Every file has two functions: `sections(table, material, titles)` makes what people read, a list
of `Section`; `long_form(table, material, titles)` a data frame to compute with, with code names.
"""
