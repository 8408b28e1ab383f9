"""How good the trained model is: the reports. Change them with your data."""
