"""What a curator measures: scores, calibration, the pack's own tests."""
