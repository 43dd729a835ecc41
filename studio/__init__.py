"""Expert Studio: which way makes a small language model an expert in your trade, measured on your data."""
