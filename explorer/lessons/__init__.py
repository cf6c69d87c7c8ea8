"""Guided routes through the pages: a folder of plain files, read and checked line by line."""
