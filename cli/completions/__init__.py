"""Completion in a shell: words of the command line out of a table, and values out of the files of the mesh.

It loads neither the commands nor the model of the mesh: a key is pressed, and the answer is there at once.
"""
