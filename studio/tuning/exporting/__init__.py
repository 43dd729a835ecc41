"""Taking a trained model away: adapter, merged or GGUF, each checked before it is given out."""
