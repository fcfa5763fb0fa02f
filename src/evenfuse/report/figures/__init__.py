"""How each kind of figure is drawn: file name = config name; its facts are a file beside.

Every file has a function `draw(figure, material, titles, output)`, which saves the figure.
"""
