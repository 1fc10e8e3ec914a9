"""Beginnings: a mesh folder and a person's answers, made the texts of files; nothing is written here."""
