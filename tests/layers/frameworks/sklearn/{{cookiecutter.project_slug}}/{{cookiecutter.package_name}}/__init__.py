"""Handwritten digits, classified with scikit-learn."""
