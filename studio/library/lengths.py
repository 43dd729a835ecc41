"""How long a text is for a model, without asking its tokenizer. Called by the splitter and by what is
written about tables and documents.
"""

# Passages of about 128 tokens found most at equal context length; the bundled embedder reads 256.
MOST_TOKENS = 128
TOKENS_PER_WORD = 1.3
CHARACTERS_PER_TOKEN = 5.0  # for long words, numbers and scripts without spaces


def estimated_tokens(text: str) -> int:
    """Tokens of an average tokenizer, from words and characters."""
    return round(max(len(text.split()) * TOKENS_PER_WORD, len(text) / CHARACTERS_PER_TOKEN))
