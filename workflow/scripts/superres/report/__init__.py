"""Tables, plots and pages of any benchmark."""
