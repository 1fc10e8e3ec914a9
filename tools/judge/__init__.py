"""The second judge: tools that nobody here wrote say what they think of everything that the mesh emits.

It runs in a virtual environment of its own, from `requirements.lock` beside this file: checkov pins an older boto3.
"""
