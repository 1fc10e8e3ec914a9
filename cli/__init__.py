"""The `mesh` command. Nothing of Pulumi or AWS is loaded before a command needs it."""

import atexit
import gc

# A command reads a mesh, and imports modules, into objects that live to its end: looking at them for garbage again and
# again takes a third of the time. This package is the command and nothing else, so nobody else's process is touched.
gc.set_threshold(250_000, 50, 1000)

# At the end the interpreter would look at all of them once more; the system takes the memory back anyway.
atexit.register(gc.freeze)
