"""What takes the model to measure on a team's data, as a job whose results are kept."""
