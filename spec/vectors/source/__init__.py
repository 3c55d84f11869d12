"""The test vectors, one module for each JSON file."""
