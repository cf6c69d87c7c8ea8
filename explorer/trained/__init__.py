"""Networks with weights: the data they learn from, how they are trained, and what is shipped of them."""
