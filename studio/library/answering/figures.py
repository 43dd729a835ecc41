"""Whether an answer gives the right figures: numbers and codes cannot be right by manner alone.

Called by comparisons and by probes of training sets.
"""

import re

from studio.library.answering import numerals

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^a-z\s])")


def figures_right(answer: str, question: str, reference: str) -> float | None:
    """Share of the reference's figures that the answer holds; None where the question asks for none.

    Those of the first sentence with a figure that the question did not already give: what stands further
    behind is usually a source or an aside.
    """
    for sentence in _SENTENCE.split(reference):
        if wanted := numerals.missing(sentence, question):
            absent = numerals.missing(sentence, answer)
            return round(sum(figure not in absent for figure in wanted) / len(wanted), 4)
    return None
