"""Printers of kernels, one a target: NumPy's is `symnll.kernels.printer`."""
