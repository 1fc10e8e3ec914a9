"""The documentation as a site: how the pages become it, and what it is held to.

It is built in a virtual environment of its own, from `requirements.lock` beside this file; `hooks.py` is called by
MkDocs there, and everything else needs the standard library alone.
"""
