"""Every kind of defect and what it means, in the order people read them. Used by reports and pages."""

WORTH_TRYING = 100
LEAKS = ("leakage", "near_leakage", "reworded_leakage")

TEXTS = {
    "unreadable": "The row does not have the shape of the others and could not be read.",
    "empty_question": "The question is empty: there is nothing to learn an answer to.",
    "empty_answer": "The answer is empty: the model would learn to say nothing.",
    "duplicate": "The same question and answer appear more than once: repetitions teach nothing new.",
    "near_duplicate": "Question and answer say almost word for word what an earlier row says.",
    "contradiction": "The same question has different answers: the model learns to waver.",
    "one_word_answer": "The answer is a single word although most are not.",
    "too_long": "Question and answer together are very long and may be cut.",
    "broken_text": "Characters were damaged before the text came here (�, letters such as Ã©, ? in a word).",
    "html": "The text holds HTML: the model would learn to write tags.",
    "mixed_language": "The language is not the commonest one of this table.",
    "imbalance": "One answer stands in most rows: always giving it would look good.",
    "personal_data": "The text holds personal data such as e-mail addresses or phone numbers.",
    "secret": "The text holds what looks like a password or a key.",
    "special_token": "The text holds a control word of language models, such as <|im_end|>.",
    "bidi": "The text holds invisible characters or ones that turn its direction.",
    "tool_turns": "What tools were asked and returned is left out of the chat: the answer stands without it.",
    "leakage": "The question is also among those held out for measuring: scores would flatter.",
    "near_leakage": "The question is almost one of those held out for measuring: scores would flatter.",
    "reworded_leakage": "The question is a held-out one in other words: scores would flatter.",
    "unsupported": "No passage of the chosen library supports the answer.",
    "known": "The base model already answers this without training.",
    "few_rows": f"Fewer than {WORTH_TRYING} usable examples.",
}
