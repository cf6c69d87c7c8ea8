"""A network on paper: its layers, their sizes and their cost, and the torch module that they describe."""
