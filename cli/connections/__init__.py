"""Connections of data tools: who connects, to which data, and the text that a tool takes.

`templates/<client>.<way>.txt` is a text of `string.Template`. A line that begins with `kept|` is for the organisation
that `mesh up --serve` keeps, and is left out for AWS; so is a line of which nothing is left.
"""
